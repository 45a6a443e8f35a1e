"""Short ways to ask what a Template with one pod is refused for."""

from jupyternetes.templating import compile_template
from tests.unit.templating.templating_support import pod_template

FREE = "{x}"
ENUM = [{"name": "x", "enum": ["a", "b"], "default": "a"}]
PATTERN = [{"name": "x", "pattern": "[a-z]{1,20}", "default": "a"}]


def problems(spec, declared=(), **entry):
    template = pod_template(spec, **entry)
    return compile_template(template | ({"variables": list(declared)} if declared else {})).problems


def reach_problems(spec, declared=(), **entry):
    found = problems(spec, declared, **entry)
    assert all(problem.path.startswith("$.spec.") for problem in found)
    return found
