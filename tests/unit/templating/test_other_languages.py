"""Text of other template languages in a Template: it stays as it is, or it is an error; it is never changed unsaid."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyternetes.templating.lexer import escaped
from jupyternetes.templating.variables.built_in import BUILT_IN
from jupyternetes.templating.variables.gather import OPERATOR_VARIABLES
from tests.unit.templating.templating_support import Json, compile_anywhere, pod, pod_template, rendering, texts

OTHER_LANGUAGES = {
    "Go template": "{{ if .Labels.team }}{{ .Labels.team }}{{else}}nobody{{ end }}",
    "Go template without blanks": "{{range .Items}}{{.}}{{end}}",
    "Go template, trimmed": "{{- with $x := .y -}} {{ break }} {{- end }}",
    "Helm": '{{ include "app.name" . | quote }} {{ end }} {{ .Values.image.tag }}',
    "Prometheus rule": "{{ $labels.pod }} is at {{ $value | humanize }}{{ end }}",
    "Jinja": "{% if user.admin %}{{ user.name }}{{ user_id }}{{ name|upper }}{% endif %}",
    "Jinja with a filter that is ours": "{{ body:json }}",
    "GitHub Actions": "${{ matrix.os }} ${{ env }}",
    "doubled for a Python format": "{{{{ end }}}} {{}} {{0}} {0:>{width_of.x + 1}}",
    "shell": "${HOME} ${HOME:-/root} $HOME $(id -u) f() { echo; } {a,b} {1..3}",
    "JSON": '{"a": {"b": {}}, "c": [{}]}',
    "regular expression": r"^[a-z]{3}\{x{2,}$",
}
WORDS = ["end", "else", "user.name", "x-y", "name:json", "a:b", "if .x", "0", '"a": 1', "", "ä"]
foreign = st.lists(
    st.sampled_from([*WORDS, "{", "{{", "}", "}}", "$", "$$", " ", "\t", "\n", "(", "-"]), max_size=12
).map("".join)


def places(text: str) -> Json:
    """A Template that declares nothing, with `text` wherever it may stand."""
    spec = {"field": text, "containers": [{"name": "c", "env": [{"name": "E", "value": text}]}]}
    return pod_template(spec, annotations={"other": text}, port=text)


def closed(template: Json) -> Json:
    return {**template, "variables": [{"name": "x", "default": "1"}]}


def rendered(template: Json) -> set[object]:
    """What became of the text at each of its places."""
    made = pod(template)
    spec: Json = made.spec
    return {spec["field"], spec["containers"][0]["env"][0]["value"], made.annotations["other"], made.filled.port}


@pytest.mark.parametrize("text", OTHER_LANGUAGES.values(), ids=OTHER_LANGUAGES.keys())
def test_text_of_another_language_stays_C30(text: str) -> None:
    assert rendered(places(text)) == {text}
    assert rendered(closed(places(text))) == {text}


@given(foreign)
@example("{{ end }}")
@example("{end}")
@example("{{{end}}}")
def test_text_without_a_variable_stays_or_is_an_error_at_its_path_C30(text: str) -> None:
    for template in (places(text), closed(places(text))):
        problems = rendering(template).problems
        if problems:
            paths = {problem.path for problem in problems}
            assert paths == {
                "$.spec.pods[0].spec.field",
                "$.spec.pods[0].spec.containers[0].env[0].value",
                "$.spec.pods[0].annotations.other",
                "$.spec.pods[0].port",
            }
        else:
            assert rendered(template) == {text}


@given(foreign.filter(lambda text: "$(" not in text))
@example("$\n{")
def test_any_text_can_be_written_C30(text: str) -> None:
    """Each opening brace as the variable that stands for one; those behind a `$` are never touched."""
    written = re.sub(r"(?<![${])\{+", lambda braces: "{jupyternetes.brace}" * len(braces[0]), text)
    assert rendered(places(written)) == {text}


@pytest.mark.parametrize("inside", ["print", "x", " x:json ", "a:b"])
def test_the_way_out_of_an_error_is_a_way_out_C30(inside: str) -> None:
    assert rendered(closed(places(escaped(inside)))) == {f"{{{inside}}}"}


@pytest.mark.parametrize("name", [*BUILT_IN, *OPERATOR_VARIABLES, "jupyternetes.pvcs.home", "declared", "Declared"])
def test_pairs_round_a_variable_are_the_escape_T04_C30(name: str) -> None:
    template = {
        **pod_template({"a": f"{{{{{name}}}}} {{{{ {name} }}}}"}),
        "pvcs": [{"name": "home", "spec": {}}],
        "variables": [{"name": "declared"}],
    }
    assert pod(template).spec == {"a": f"{{{name}}} {{ {name} }}"}


def test_where_nothing_is_declared_a_placeholder_makes_a_variable_T04_C30() -> None:
    """Not what an Instance gives: what the text of a Template means is its author's alone."""
    given_by_instance = {"x": "1", "end": "2"}
    spec = pod(pod_template({"a": "{x} {{x}} {{ end }}"}), given_by_instance).spec
    assert spec == {"a": "1 {x} {{ end }}"}


def test_a_misspelt_variable_stays_an_error_C30() -> None:
    (problem,) = compile_anywhere(closed(pod_template({"a": "{{{xx}}}"}))).problems
    assert problem.path == "$.spec.pods[0].spec.a"
    assert "did you mean 'x'" in texts([problem])
