"""The pods that a Template gives with its defaults and first choices."""

from jupyternetes.api.template import Template
from jupyternetes.operators.pods.body import Json, PortError, pods_of
from jupyternetes.operators.templates.sample import Person, first_choices, sample_instance, with_sample_names
from jupyternetes.templating import CompiledTemplate, Problem

_USER = "jovyan"


class NotFilled(Exception):  # noqa: N818 - no error: it depends on the values that somebody gives
    """The Template cannot be filled in so; ``problems`` say why, in their words without any value."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(*problems)


def sample_pods(template: Template, compiled: CompiledTemplate, namespace: str) -> dict[str, Json]:
    """The pods as they would be made in ``namespace``, by entry. Raises NotFilled.

    Where a variable may be given in some cases only, its first choice is tried first, and then none.
    """
    problems: tuple[Problem, ...] = ()
    for with_when in (True, False):
        given = first_choices(compiled, with_when=with_when)
        instance = sample_instance(template, compiled, Person(user=_USER, namespace=namespace), given)
        rendering = with_sample_names(compiled, instance)
        problems = rendering.problems
        if problems:
            continue
        try:
            return pods_of(instance, rendering, template, compiled)
        except PortError as error:
            problems = (error.problem,)
    raise NotFilled(problems)
