"""A Template with rules, and what becomes of it."""

from jupyternetes.templating import Invalid, compile_template
from tests.unit.templating.templating_support import Json, instance, pod_template, rendering, texts

SIZE: Json = {
    "name": "size",
    "default": "small",
    "choices": [
        {"value": "small", "values": {"cpu": 1, "memory": "2Gi", "gpus": "{jupyternetes.null}"}},
        {"value": "gpu", "values": {"cpu": 8, "memory": "32Gi", "gpus": 1}},
    ],
}
COURSE: Json = {"name": "course", "title": "Course", "default": ""}


def template(*variables: Json, rules: Json = (), **fields: Json) -> Json:
    """A Template whose container has the value of each variable in an environment variable."""
    env = [{"name": each["name"].upper(), "value": f"{{{each['name']}}}"} for each in variables]
    spec = {"containers": [{"name": "main", "env": env}]}
    return {**pod_template(spec), "variables": list(variables), "rules": list(rules), **fields}


def rule(text: str, message: str = "Change something.") -> Json:
    return {"rule": text, "message": message}


def problem_of(spec: Json) -> str:
    """The one problem of a Template."""
    problems = compile_template(spec).problems
    assert len(problems) == 1, texts(problems)
    return str(problems[0])


def refusal(spec: Json, values: dict[str, str], **facts: Json) -> str:
    """Why nothing is made for an Instance of a Template that is right."""
    assert compile_template(spec).problems == ()
    result = rendering(spec, instance(values, **facts))
    assert all(isinstance(entry, Invalid) for entry in result.pods)
    assert len(result.problems) == 1, texts(result.problems)
    return str(result.problems[0])
