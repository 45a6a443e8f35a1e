"""What must hold before anything is made for an Instance: `when` of the variables that it sets, and `spec.rules`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import cast

from jupyternetes.api.fields import name_of
from jupyternetes.api.template import Rule, TemplateSpec, Variable
from jupyternetes.templating.conditions.cel import Expression, ExpressionError, Undecided
from jupyternetes.templating.conditions.names import Names, cel_name
from jupyternetes.templating.problems import Problem, child_path, is_reported, note
from jupyternetes.templating.variables.built_in import MISSING, is_hub_name
from jupyternetes.templating.variables.declarations import Declaration
from jupyternetes.templating.variables.gather import Values, refuse_missing, variable_path


@dataclass(frozen=True, slots=True)
class When:
    """The variable is accepted only when `expression` is true, which stands at `path`."""

    declaration: Declaration
    path: str
    expression: Expression

    @property
    def key(self) -> str:
        return self.declaration.name.lower()


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """What must hold between variables, and what is said if it does not."""

    path: str
    expression: Expression
    message: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that a Template asks of the values of an Instance together.

    `whens` stand in an order in which none reads a variable whose own `when` comes later.
    """

    names: Names
    whens: Sequence[When] = ()
    rules: Sequence[CompiledRule] = ()

    def judge(self, values: Values) -> None:
        """Add to the problems of `values` what does not hold. What has a problem already is not judged again."""
        for when in self.whens:
            if self._is_judged(when.expression, values, also=when.key):
                self._judge_when(when, values)
            else:
                values.faulty.add(when.key)
        for rule in self.rules:
            if self._is_judged(rule.expression, values):
                try:
                    message = "" if self.names.holds(rule.expression, values) else rule.message
                except Undecided as undecided:
                    message = f"cannot be decided for this Instance: {undecided}"
                if message:
                    values.problems.append(Problem(rule.path, message))

    def drop_hidden(self, values: Values, among: Collection[str]) -> list[str]:
        """Take out of `values` which of the variables `among` (lower case) are set though their `when` is false.

        Their names, in lower case. What cannot be decided stays, for `judge` to tell of.
        """
        dropped: list[str] = []
        for when in self.whens:
            key = when.key
            if key not in among or key not in values.given or not self._is_judged(when.expression, values):
                continue
            with suppress(Undecided):
                if not self.names.holds(when.expression, values):
                    values.not_given(key, when.declaration)
                    dropped.append(key)
        return dropped

    def _is_judged(self, expression: Expression, values: Values, also: str = "") -> bool:
        return values.faulty.isdisjoint({*self.names.reads(expression), also})

    def _judge_when(self, when: When, values: Values) -> None:
        declaration, key = when.declaration, when.key
        try:
            holds = self.names.holds(when.expression, values)
        except Undecided as undecided:
            values.faulty.add(key)
            values.problems.append(Problem(when.path, f"cannot be decided for this Instance: {undecided}"))
            return
        if holds and declaration.required and declaration.default is MISSING and key not in values.given:
            refuse_missing(values, declaration)
        elif not holds and key in values.given:
            message = f"variable {declaration.label} is accepted only when {when.expression.text}; remove it"
            values.refuse(key, variable_path(values.given[key]), message)


def expressions(written: TemplateSpec) -> Iterator[str]:
    """All expressions of a Template."""
    for variable in written.variables:
        yield variable.when
    for rule in written.rules:
        yield rule.rule
    for entry in (*written.pvcs, *written.pods, *written.other_resources):
        yield entry.condition


def compile_judgement(
    written: TemplateSpec, path: str, schema: Mapping[str, Declaration], names: Names, problems: list[Problem]
) -> Judgement:
    """What the spec `written`, which stands at `path`, asks for. What is wrong is appended to `problems`."""
    whens = {when.key: when for when in _whens(written.variables, path, schema, names, problems)}
    return Judgement(names, _in_order(whens, names, problems), tuple(_rules(written.rules, path, names, problems)))


def compile_condition(text: str, path: str, names: Names, problems: list[Problem]) -> Expression | None:
    """The expression at `path`; None if there is none, or with a problem if it cannot be used."""
    if not text:
        return None
    try:
        return names.compile(text)
    except ExpressionError as error:
        note(problems, path, str(error))
        return None


def _whens(
    variables: Sequence[Variable],
    path: str,
    schema: Mapping[str, Declaration],
    names: Names,
    problems: list[Problem],
) -> Iterator[When]:
    parent = child_path(path, name_of(TemplateSpec.variables))
    for index, variable in enumerate(variables):
        here = child_path(child_path(parent, index), name_of(Variable.when))
        declaration = schema.get(variable.name.lower())
        if not variable.when or declaration is None or is_reported(problems, here):
            continue
        if is_hub_name(variable.name):
            note(problems, here, f"the hub always gives {variable.name!r}; remove this")
        elif (expression := compile_condition(variable.when, here, names, problems)) is not None:
            yield When(declaration, here, expression)


def _in_order(whens: Mapping[str, When], names: Names, problems: list[Problem]) -> tuple[When, ...]:
    sorter = TopologicalSorter({key: names.reads(when.expression) & whens.keys() for key, when in whens.items()})
    try:
        return tuple(whens[key] for key in sorter.static_order())
    except CycleError as error:
        circle = list(reversed(cast("list[str]", error.args[1])))
        chain = " needs ".join(cel_name(whens[key].declaration.name) for key in circle)
        note(problems, whens[circle[0]].path, f"none of these can be decided first: {chain}")
        return ()


def _rules(rules: Sequence[Rule], path: str, names: Names, problems: list[Problem]) -> Iterator[CompiledRule]:
    parent = child_path(path, name_of(TemplateSpec.rules))
    for index, rule in enumerate(rules):
        here = child_path(parent, index)
        if is_reported(problems, here):
            continue
        if not rule.message:
            note(problems, child_path(here, name_of(Rule.message)), "say what has to be changed if the rule is false")
        if not rule.rule:
            note(problems, child_path(here, name_of(Rule.rule)), "must be an expression in CEL, true or false")
        expression = compile_condition(rule.rule, child_path(here, name_of(Rule.rule)), names, problems)
        if expression is not None:
            yield CompiledRule(here, expression, rule.message)
