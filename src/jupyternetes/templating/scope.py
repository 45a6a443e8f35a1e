"""What a compiled piece of a Template looks things up in while it is rendered, and where it reports to."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from jupyternetes.templating.lexer import escaped
from jupyternetes.templating.problems import Problem
from jupyternetes.templating.references import entry_of, is_reference
from jupyternetes.templating.variables.built_in import USER_NAME, USER_SERVER
from jupyternetes.templating.variables.declarations import Declaration
from jupyternetes.templating.variables.gather import Values, suggestion

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
UNKNOWN: Final = "x"  # stands in for a value that is not there: valid everywhere, so that it causes no second problem


class Scope:
    """The values of one Instance while one entry is rendered. The result counts only if nothing was reported here."""

    __slots__ = (
        "_entries",
        "_omitted",
        "_reported",
        "_schema",
        "_values",
        "chosen",
        "needs",
        "problems",
        "start_secret",
        "texts",
        "typed",
    )

    def __init__(
        self,
        values: Values,
        schema: Mapping[str, Declaration],
        *,
        entries: Collection[str] = (),
        omitted: Collection[str] = (),
        reported: Collection[str] = (),
        start_secret: str = "",
        own: Mapping[str, str] = _NOTHING,
    ) -> None:
        """`entries`: the references that this Template can fulfil, without those `omitted` for this Instance.

        `reported`: paths that have a problem already. `own`: texts that are there for this entry alone.
        """
        self.texts = {**values.texts, **own} if own else values.texts
        self.typed = values.typed
        self.chosen = values.chosen
        self.start_secret = start_secret
        self.problems: list[Problem] = []
        self.needs: dict[str, None] = {}
        self._values = values
        self._schema = schema
        self._entries = entries
        self._omitted = omitted
        self._reported = reported

    def report(self, path: str, message: str) -> None:
        if path not in self._reported:
            self.problems.append(Problem(path, message))

    def missing(self, name: str, path: str) -> str:
        """Note why `name` has no text here: it is waited for, or it is a problem."""
        entry = entry_of(name)
        if entry in self._omitted:
            self.report(path, f"nothing is made for {name!r}: the condition of that entry is false")
        elif entry in self._entries:
            self.needs[name] = None
        elif name in self._values.secrets:
            message = (
                f"{name!r} is kept in a Secret, so it may stand only as the whole value of a container's environment "
                f"variable: value: '{{{name}}}'"
            )
            self.report(path, message)
        elif name not in self._values.faulty:
            self.report(path, self._absent(name))
        return UNKNOWN

    def secret_key(self, name: str, path: str) -> str:
        """The key in the start Secret that holds `name`; `""`, with the reason noted, if there is none."""
        key = self._values.secrets.get(name, "")
        if not key:
            self.missing(name, path)
        return key

    def _absent(self, name: str) -> str:
        declaration = self._schema.get(USER_NAME if name == USER_SERVER else name)
        if declaration is not None and declaration.sensitive:
            key = declaration.secret_key
            return (
                f"variable {declaration.label} has no value: it is not in spec.variables of the Instance, and "
                f"spec.hubEnvironment (of an Instance with a start id) does not list {key}"
            )
        if declaration is not None:
            only = f", which takes it only when {declaration.when}" if declaration.when else ""
            return f"variable {declaration.label} has no value: set it in spec.variables of the Instance{only}"
        near = suggestion(name, [*self.texts, *self._schema, *self._entries])
        if is_reference(name):
            return f"the Template has no entry for {name!r}{near}"
        return f"unknown variable {name!r}{near}; for the text itself write {escaped(name)}"
