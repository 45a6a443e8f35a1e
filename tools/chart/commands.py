"""The command ``jupyternetes`` as a page: its commands and their options."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer

from jupyternetes.cli.main import app
from tools.chart.markdown import code, head, table


def page() -> str:
    """The reference page."""
    lines = head(
        "The command",
        "jupyternetes.cli",
        "`jupyternetes` is in the image of the operators, and wherever `jupyternetes[operators]` is installed.",
    )
    shown: dict[tuple[tuple[str, ...], ...], str] = {}
    for name, command in _commands("jupyternetes", typer.main.get_command(app)):
        lines += ["", f"## {code(name)}", "", command.help]
        options = tuple(_cells(option) for option in command.params if option.help)
        first = shown.setdefault(options, name)
        if options and first == name:
            lines += table(("Option", "Value", "Default", "Meaning"), options)
        elif options:
            lines += ["", f"Its options are those of {code(first)}."]
    lines += [
        "",
        "## Exit codes",
        "",
        "0: done; for an operator, told to stop by SIGTERM or SIGINT. 1: anything else that can be expected, such as a "
        "wrong option, an unusable kubeconfig, a cluster that cannot be reached, missing rights or definitions. One "
        "line on standard error then says what is wrong and what to do.",
    ]
    return "\n".join(lines) + "\n"


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """A command and all below it; groups only where they have options of their own."""
    below = getattr(command, "commands", {})
    if not below or any(option.help for option in command.params):
        yield path, command
    for name, inner in below.items():
        yield from _commands(f"{path} {name}", inner)


def _cells(option: Any) -> tuple[str, str, str, str]:
    default = option.default.value if isinstance(option.default, Enum) else option.default
    shown = "" if default is None or isinstance(default, bool) else code(str(default))
    return ", ".join(map(code, _names(option))), _value(option), shown, option.help


def _names(option: Any) -> list[str]:
    """As a person types them; of an argument the word that stands for it."""
    if option.param_type_name == "argument":
        return [option.name.upper()]
    return [*option.opts, *option.secondary_opts]


def _value(option: Any) -> str:
    kind = option.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(code(choice.value) for choice in kind)
    if getattr(option, "is_flag", False):
        return ""
    kinds = {"int": "number", "float": "number", "Path": "path"}
    return "text, repeatable" if option.multiple else kinds.get(kind.__name__, "text")
