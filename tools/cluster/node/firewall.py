"""Keeps the cluster's traffic on this machine, and takes away the iptables chains that a node leaves.

kube-proxy rewrites Service addresses; in the moment between two of its writes a connection to one could leave by the
default route, and a gateway that takes anything would answer. Pods have no business outside either.
Deciding what to add or take away is a function of what `iptables-save` prints; applying it is one `iptables-restore`.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools.cluster.control_plane import POD_CIDR, SERVICE_CIDR
from tools.cluster.errors import ClusterError
from tools.cluster.node.places import POD_NETWORK
from tools.cluster.packages import find_program

_CONFINEMENT = "KUBE-CONFINEMENT"  # by its prefix it goes with kube-proxy's chains


def confine() -> None:
    """Refuse what has a Service's address after all rewriting, and what pods send to other machines.

    Raises ClusterError with iptables' own words.
    """
    save, restore = find_program("iptables-save"), find_program("iptables-restore")
    if save is None or restore is None:
        raise ClusterError("a node needs iptables-save and iptables-restore: install the package iptables")
    saved = subprocess.run([save, "-t", "filter"], capture_output=True, text=True, check=False)
    if f":{_CONFINEMENT} " not in saved.stdout:
        _restore(restore, confinement(), "add")


def confinement() -> str:
    """The input for `iptables-restore --noflush` that confines."""
    rules = [
        "*filter",
        f":{_CONFINEMENT} - [0:0]",
        f"-A {_CONFINEMENT} -d {SERVICE_CIDR} -j REJECT",
        f"-A {_CONFINEMENT} -s {POD_CIDR} ! -d {POD_CIDR} -j REJECT",
        f"-I FORWARD -j {_CONFINEMENT}",
        f"-I OUTPUT -d {SERVICE_CIDR} -j {_CONFINEMENT}",
        "COMMIT",
    ]
    return "\n".join([*rules, ""])


def clean() -> None:
    """Remove the node's chains and the rules that lead to them. Raises ClusterError with iptables' own words."""
    for suffix in ("", "6"):
        save, restore = find_program(f"ip{suffix}tables-save"), find_program(f"ip{suffix}tables-restore")
        if save is None or restore is None:
            continue
        saved = subprocess.run([save], capture_output=True, text=True, check=False)
        script = removal(saved.stdout)
        if not script:
            continue
        _restore(restore, script, "remove")


def _restore(program: Path, script: str, what: str) -> None:
    result = subprocess.run([program, "--noflush"], input=script, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ClusterError(f"{program.name} cannot {what} the node's rules: {result.stderr.strip()}")


def removal(saved: str) -> str:
    """The input for `iptables-restore --noflush` that removes a node's chains from what `iptables-save` printed.

    Ours are all of Kubernetes' chains, and those of the CNI plugins that rules with our network's name lead to; other
    programs use the same plugins.
    """
    parts = [part for table in _tables(saved) for part in _table_removal(table)]
    return "\n".join([*parts, ""]) if parts else ""


def _tables(saved: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in saved.splitlines():
        if line.startswith("*"):
            lines = [line]
        elif line == "COMMIT":
            yield lines
        elif line and not line.startswith("#"):
            lines.append(line)


def _table_removal(lines: list[str]) -> list[str]:
    name, declarations, rules = lines[0], lines[1:], [line for line in lines if line.startswith("-A ")]
    chains = [line[1:].split()[0] for line in declarations if line.startswith(":")]
    ours = {chain for chain in chains if chain.startswith("KUBE-")}
    ours |= {target for rule in rules if _names_our_network(rule) and (target := _target(rule)).startswith("CNI-")}
    if not any(chain.startswith("CNI-DN-") and chain not in ours for chain in chains):
        ours |= {chain for chain in chains if chain.startswith("CNI-HOSTPORT-")}  # shared, and nobody is left
    if not ours:
        return []
    leading = [rule for rule in rules if _chain(rule) not in ours and _target(rule) in ours]
    return [
        name,
        *(f":{chain} - [0:0]" for chain in chains if chain in ours),  # empties a chain that exists
        *(f"-D {rule.removeprefix('-A ')}" for rule in leading),
        *(f"-X {chain}" for chain in chains if chain in ours),
        "COMMIT",
    ]


def _names_our_network(rule: str) -> bool:
    return f'name: \\"{POD_NETWORK}\\"' in rule


def _chain(rule: str) -> str:
    return rule.split()[1]


def _target(rule: str) -> str:
    match = re.search(r" (?:-j|-g) (\S+)", rule)
    return match[1] if match else ""
