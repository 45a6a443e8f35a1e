"""Runs the command that a kubeconfig names for credentials.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE

import msgspec

from jupyternetes.runtime.errors import ConfigurationError
from jupyternetes.runtime.kubeconfig import ExecPlugin


class ExecStatus(msgspec.Struct, frozen=True, rename="camel"):
    """What a plugin gives: a token, or a certificate and its key as PEM, or both."""

    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None


class _ExecCredential(msgspec.Struct, frozen=True, rename="camel"):
    api_version: str
    status: ExecStatus


async def run(plugin: ExecPlugin) -> ExecStatus:
    """Credentials, by running the command. Raises ConfigurationError with what the command says of its failure."""
    called = f"exec plugin {plugin.command}"
    has_terminal = plugin.interactive_mode != "Never" and sys.stdin is not None and sys.stdin.isatty()
    if plugin.interactive_mode == "Always" and not has_terminal:
        raise ConfigurationError(f"{called} asks a person, and there is no terminal")
    process = await _started(plugin, called, has_terminal=has_terminal)
    output, complaint = await process.communicate()
    if process.returncode:
        words = complaint.decode(errors="replace").strip() if complaint else "see above"
        raise ConfigurationError(f"{called} ended with exit code {process.returncode}: {words}")
    try:
        credential = msgspec.json.decode(output, type=_ExecCredential)
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"{called} printed no ExecCredential: {error}") from error
    if credential.api_version != plugin.api_version:
        raise ConfigurationError(f"{called} answers in {credential.api_version}, not in {plugin.api_version}")
    if not (credential.status.token or credential.status.client_certificate_data):
        raise ConfigurationError(f"{called} gives neither a token nor a certificate")
    return credential.status


async def _started(plugin: ExecPlugin, called: str, *, has_terminal: bool) -> asyncio.subprocess.Process:
    request = {
        "apiVersion": plugin.api_version,
        "kind": "ExecCredential",
        "spec": {"interactive": has_terminal},
    }
    environment = {
        **os.environ,
        **{each.name: each.value for each in plugin.env or ()},
        "KUBERNETES_EXEC_INFO": msgspec.json.encode(request).decode(),
    }
    try:
        return await asyncio.create_subprocess_exec(
            plugin.command,
            *(plugin.args or ()),
            env=environment,
            stdin=None if has_terminal else DEVNULL,
            stdout=PIPE,
            stderr=None if has_terminal else PIPE,  # with a person it speaks there, such as "open this page to log in"
        )
    except OSError as error:
        hint = f". {plugin.install_hint.strip()}" if plugin.install_hint else ""
        raise ConfigurationError(f"{called} cannot be run: {error.strerror}{hint}") from error
