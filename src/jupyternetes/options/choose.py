"""The one judge of what somebody chose: for the form, a link, REST, and a start that brings no options.

It fills in the Template with the operators' own code, so what it accepts they accept. Beyond them it knows who asks:
which Templates and choices are open to that person, and which variables are theirs to set.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from jupyternetes.api.fields import name_of
from jupyternetes.api.template import TemplateSpec
from jupyternetes.options.given import Options
from jupyternetes.options.offer import Offer
from jupyternetes.options.words import sentence, title
from jupyternetes.templating import MISSING, InstanceFacts, Problem, render
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.problems import child_path
from jupyternetes.templating.spec_reader import ROOT
from jupyternetes.templating.variables.gather import INSTANCE, gather, suggestion, variable_path

_RULES: Final = child_path(ROOT, name_of(TemplateSpec.rules))
_MOST_NAMED: Final = 12


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is started: a Template, and the values for the Instance beside those of the hub and the site.

    `notices`: sentences on what is not as it was chosen, now or the last time.
    """

    offer: Offer
    variables: Mapping[str, str]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing can be started: `fields` by variable in lower case, `problems` on what concerns no single one."""

    problems: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def message(self) -> str:
        """All of it. No value that was given stands in it."""
        return " ".join([*self.problems, *map(sentence, self.fields.values())])


def find_offer(offers: Sequence[Offer], key: str) -> Offer | None:
    """The offer of that key; the first one for ``""``. A name alone is enough where one Template has it."""
    if not key:
        return next(iter(offers), None)
    named = [each for each in offers if each.template.metadata.name == key]
    exact = next((each for each in offers if each.key == key), None)
    return exact or (named[0] if len(named) == 1 else None)


def choose(offers: Sequence[Offer], options: Options, *, form: bool = False) -> Chosen | Refused:
    """What `options` start, of what is offered to a person; the first offer is the default one.

    `form`: they come from a form, which also sends the fields that it hides: these are left out.
    """
    offered = find_offer(offers, options.template)
    if offered is None:
        return Refused((_none_such(offers),))
    fields = offered.fields
    strange = [name for name in options.variables if name.lower() not in fields]
    if strange:
        return Refused(fields={name.lower(): _strange(offered, name) for name in strange[:_MOST_NAMED]})
    given = {name.lower() for name in options.variables}
    said = {name: text for name, text in offered.defaults.items() if name.lower() not in given}
    texts = {**options.variables, **said}
    droppable = {name.lower() for name in texts if form or name in said}
    hidden = _hidden(offered, texts, droppable)
    kept = {name: text for name, text in texts.items() if name.lower() not in hidden}
    problems = render(offered.compiled, _facts(offered, kept), {}).problems
    if problems:
        return _refused(offered, kept, problems)
    return Chosen(offered, kept, tuple(_left_out(offered, options.variables, hidden)))


def _hidden(offered: Offer, texts: Mapping[str, str], among: set[str]) -> Sequence[str]:
    judgement = offered.compiled.judgement
    if not any(when.key in among for when in judgement.whens):
        return ()
    compiled = offered.compiled
    facts = _facts(offered, texts)
    values = gather(compiled.schema, compiled.choice_values, closed=compiled.closed, instance=facts)
    return judgement.drop_hidden(values, among)


def _facts(offered: Offer, texts: Mapping[str, str]) -> InstanceFacts:
    return replace(offered.facts, variables={**offered.facts.variables, **texts})


def _left_out(offered: Offer, given: Mapping[str, str], hidden: Sequence[str]) -> Iterable[str]:
    """A sentence on each hidden variable that was given something other than what it has anyway."""
    for name, text in given.items():
        declaration = offered.compiled.schema[name.lower()]
        default = "" if declaration.default is MISSING else as_text(declaration.default)
        if name.lower() in hidden and text != default:
            yield f"{title(declaration)} was left out: it does not go with the other choices."


def _refused(offered: Offer, texts: Mapping[str, str], problems: Sequence[Problem]) -> Refused:
    names = (*(each.name for each in offered.compiled.declarations), *texts)
    by_path, given = {variable_path(name): name.lower() for name in names}, {name.lower() for name in texts}
    found, fields = dict[str, None](), dict[str, str]()
    for problem in problems:
        name = by_path.get(problem.path, "") if problem.source == INSTANCE else ""
        if name:
            label = offered.compiled.schema[name].label
            fields.setdefault(name, problem.message if name in given else f"variable {label} has to be given")
        else:
            found[problem.message if problem.path.startswith(_RULES) else str(problem)] = None
    return Refused(tuple(map(sentence, found)), fields)


def _none_such(offers: Sequence[Offer]) -> str:
    if not offers:
        return "There is no Template that you may use. Ask whoever runs this hub."
    names = [f"{each.key} ({each.title})" for each in offers[:_MOST_NAMED]]
    more = f" and {len(offers) - _MOST_NAMED} more" if len(offers) > _MOST_NAMED else ""
    return f"There is no such Template that you may use. Choose one of {', '.join(names)}{more}."


def _strange(offered: Offer, name: str) -> str:
    """Why a variable is not the person's to set."""
    declaration = offered.compiled.schema.get(name.lower())
    if declaration is not None:
        return f"variable {name!r} is not yours to choose; leave it out"
    near = suggestion(name, [each.name for each in offered.fields.values()])
    return f"there is no variable {name!r} to choose{near}; leave it out"
