"""``run``: an operator as a program, with its command line."""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Sequence
from typing import Final

from jupyternetes.runtime import logs
from jupyternetes.runtime.errors import (
    ApiError,
    ConfigurationError,
    LeaseLost,
    SetBack,
    StartupError,
    UnknownOutcome,
    Unreachable,
)
from jupyternetes.sdk import rights
from jupyternetes.sdk.operator import Part, Settings, operate

_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_EXPECTED: Final = (*(ApiError, ConfigurationError, LeaseLost, SetBack, StartupError, UnknownOutcome, Unreachable),)


def run(*parts: Part, name: str, arguments: Sequence[str] | None = None) -> None:
    """Do the work of ``parts``, which ``resource`` and ``gate`` made, until SIGTERM. Meant as a program's last line.

    ``name`` is that of the Lease, of the ServiceAccount, and of the field manager. ``arguments`` are those of the
    command line unless they are given: where the cluster is, which namespaces to look after, and so on; ``--help``
    lists them. What a person can mend ends the program with one line and exit code 1. Raises ValueError for a name that
    is no DNS label.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"the name of an operator is a DNS label, not {name!r}")
    options = _parser(name).parse_args(arguments)
    if options.print_rights:
        where = options.lease_namespace or "default"
        printed = rights.manifests(name, parts, account_namespace=where, namespaces=options.namespace)
        print(json.dumps(printed, indent=2))
        return
    logs.configure(options.log_level, options.log_format)
    settings = Settings(
        name=name,
        kubeconfig=options.kubeconfig,
        namespaces=tuple(options.namespace),
        lease_namespace=options.lease_namespace,
        lease_seconds=options.lease_seconds,
        health_host=options.health_host,
        health_port=options.health_port,
    )
    try:
        asyncio.run(_operate(parts, settings))
    except _EXPECTED as error:
        sys.stderr.write(f"{name}: {error}\n")
        raise SystemExit(1) from error


async def _operate(parts: Sequence[Part], settings: Settings) -> None:
    asyncio.get_running_loop().set_exception_handler(logs.loop_error)
    await operate(parts, settings)


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=name, description="Run the operator until it is told to stop (SIGTERM).")
    add = parser.add_argument
    add("--kubeconfig", help="default: $KUBECONFIG, the pod's service account, ~/.kube/config")
    add("--namespace", action="append", default=[], help="look after this one only; repeat it for several")
    add(
        "--lease-namespace",
        default="",
        help="of the Lease that the replicas share; default: the operator's own namespace",
    )
    add("--lease-seconds", type=float, default=15.0, help="silence after which another replica takes over")
    add("--health-host", help="address for /livez, /readyz and /metrics; default: every one")
    add("--health-port", type=int, default=8080, help="port for them; 0 takes a free one")
    add("--log-level", choices=("debug", "info", "warning", "error"), default="info")
    add("--log-format", choices=("json", "text"), default="text")
    add("--print-rights", action="store_true", help="print the roles that the operator needs, and end")
    return parser
