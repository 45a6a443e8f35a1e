"""The values of one Instance, gathered from the three places they come from.

An Instance's `spec.variables`, the defaults of the declarations, and what only the operator may say. Names are compared
in lower case everywhere.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from jupyternetes.templating.coercion import Unfit, coerce
from jupyternetes.templating.declarations import MISSING, Declaration, is_hub_name, is_operator_name
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.lexer import BRACE
from jupyternetes.templating.problems import Problem, child_path

INSTANCE = "Instance"
_PATH = "$.spec.variables"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceFacts:
    """What rendering needs to know of an Instance.

    `start_secret`: the name of the Secret that holds the values of `hub_environment`; `""` for an Instance without a
    start id, which has no such Secret.
    """

    name: str
    namespace: str
    uid: str
    template_name: str
    template_namespace: str
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    hub_environment: Collection[str] = ()
    start_secret: str = ""

    def operator_variables(self) -> dict[str, str]:
        return {
            "jupyternetes.instance.name": self.name,
            "jupyternetes.instance.namespace": self.namespace,
            "jupyternetes.instance.uid": self.uid,
            "instance.name": self.name,
            "instance.namespace": self.namespace,
            "template.name": self.template_name,
            "template.namespace": self.template_namespace,
            BRACE: "{",
        }


OPERATOR_VARIABLES = frozenset(
    InstanceFacts(name="", namespace="", uid="", template_name="", template_namespace="").operator_variables()
)


@dataclass(frozen=True, slots=True)
class Values:
    """Every variable that has a value, by its name in lower case.

    `texts` has them all; `typed` those whose own type is not a string; `secrets` the ones whose value only kubelet will
    read, with their key in the start Secret; `faulty` the ones that have a problem already.
    """

    texts: dict[str, str]
    typed: dict[str, object] = field(default_factory=dict[str, object])
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    faulty: set[str] = field(default_factory=set[str])
    problems: list[Problem] = field(default_factory=list[Problem])

    def put(self, name: str, value: object) -> None:
        self.texts[name] = as_text(value)
        if not isinstance(value, str):
            self.typed[name] = value

    def drop(self, name: str) -> None:
        self.texts.pop(name, None)
        self.typed.pop(name, None)

    def refuse(self, name: str, path: str, message: str) -> None:
        self.faulty.add(name.lower())
        self.problems.append(Problem(path, message, INSTANCE))


def gather(schema: Mapping[str, Declaration], *, closed: bool, instance: InstanceFacts) -> Values:
    """The values of `instance`. `closed`: the Template declares its variables, so undeclared ones are refused."""
    values = Values(instance.operator_variables())
    for name, declaration in schema.items():
        if declaration.default is not MISSING:
            values.put(name, declaration.default)
    given = _by_lower_name(instance.variables, values)
    for key, (name, text) in given.items():
        declaration = schema.get(key)
        if declaration is not None:
            _put_coerced(values, declaration, key, name, text)
        elif not closed or is_hub_name(key):
            values.put(key, text)
        else:
            message = f"the Template does not declare a variable {name!r}{suggestion(key, schema)}; remove it"
            values.refuse(key, child_path(_PATH, name), message)
    for key, declaration in schema.items():
        if key in given:
            continue
        if declaration.sensitive and instance.start_secret and declaration.secret_key in instance.hub_environment:
            values.secrets[key] = declaration.secret_key
            values.drop(key)
        elif declaration.required and declaration.default is MISSING:
            way_out = (
                f"list {declaration.secret_key} in spec.hubEnvironment" if declaration.sensitive else "set it here"
            )
            message = f"the Template requires the variable {declaration.label}: {way_out}"
            values.refuse(key, child_path(_PATH, declaration.name), message)
    return values


def suggestion(name: str, known: Collection[str]) -> str:
    """Words that point to the known name nearest to `name`, or nothing."""
    near = get_close_matches(name, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _by_lower_name(variables: Mapping[str, str], values: Values) -> dict[str, tuple[str, str]]:
    given: dict[str, tuple[str, str]] = {}
    for name, text in variables.items():
        key = name.lower()
        if key in given:
            message = f"{name!r} and {given[key][0]!r} differ only in case; keep one of them"
            values.refuse(key, child_path(_PATH, name), message)
        elif not is_operator_name(key):
            given[key] = (name, text)
    return given


def _put_coerced(values: Values, declaration: Declaration, key: str, name: str, text: str) -> None:
    try:
        values.put(key, coerce(declaration.type, text))
    except Unfit as unfit:
        values.drop(key)
        values.refuse(key, child_path(_PATH, name), f"variable {declaration.label} is {unfit}")
