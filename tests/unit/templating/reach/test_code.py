"""Free text is never run as code: not by a shell, and not in a container that may do more than others."""

import shlex
import subprocess
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyternetes.templating import compile_template
from jupyternetes.templating.reach import shell
from tests.unit.templating.templating_support import container, first_container, pod_template

LIST = [{"name": "list", "type": "json"}]


def problems(declared=(), pod=None, **fields):
    spec = container(**fields) | (pod or {})
    return compile_template(pod_template(spec) | ({"variables": list(declared)} if declared else {})).problems


def in_words(words, declared=()):
    """The problems of `words`, however they are divided between command and args."""
    found = {problems(declared, command=words[:cut], args=words[cut:]) for cut in range(len(words) + 1)}
    texts = {tuple(problem.message for problem in each) for each in found}
    assert len(texts) == 1
    return found.pop()


READ_BY_A_SHELL = {
    "sh -c": ["sh", "-c", "echo {x}"],
    "with a path": ["/bin/sh", "-c", "echo {x}"],
    "with a path longer than any name": ["/opt" * 100 + "/sh", "-c", "echo {x}"],
    "login shell": ["bash", "-lc", "echo {x}"],
    "ends at errors": ["sh", "-ec", "echo {x}"],
    "many options": ["bash", "-euxo", "pipefail", "-c", "echo {x}"],
    "options apart": ["bash", "-e", "-o", "pipefail", "-c", "echo {x}"],
    "options behind": ["bash", "-c", "-e", "echo {x}"],
    "long options": ["bash", "--login", "--norc", "-c", "echo {x}"],
    "by env": ["env", "A=1", "sh", "-c", "echo {x}"],
    "by tini": ["tini", "--", "sh", "-c", "echo {x}"],
    "by a path of env": ["/usr/bin/env", "-i", "/bin/dash", "-c", "{x}"],
    "by busybox": ["busybox", "sh", "-c", "{x}"],
    "in the middle of a word": ["sh", "-c", "echo a{x}b"],
    "in quotes": ["sh", "-c", "echo '{x}'"],
    "by another shell": ["zsh", "-c", "{x}"],
    "ksh": ["ksh93", "-c", "{x}"],
    "a version of bash": ["/bin/bash-5.2", "-c", "{x}"],
    "a shell that the image starts": ["-c", "{x}"],
    "by a program that hands it to one": ["su", "jovyan", "-c", "{x}"],
    "a shell behind data": ["sh", "-c", 'exec "$@"', "sh", "bash", "-c", "{x}"],
    "filters for other languages": ["sh", "-c", "echo {x:json} {x:url}"],
}


@pytest.mark.parametrize("words", READ_BY_A_SHELL.values(), ids=READ_BY_A_SHELL)
def test_a_shell_reads_no_free_text_X02(words):
    (problem,) = in_words(words)
    assert "code" in problem.message
    assert "environment variable" in problem.message


@pytest.mark.parametrize("words", READ_BY_A_SHELL.values(), ids=READ_BY_A_SHELL)
def test_a_bounded_value_may_stand_in_what_a_shell_reads(words):
    assert in_words(words, [{"name": "x", "pattern": "[a-z]+"}]) == ()
    assert in_words(words, [{"name": "x", "enum": ["a"]}]) == ()


@pytest.mark.parametrize(
    "words",
    [
        ["sh", "-c", "echo {x:shell}"],
        ["bash", "-lc", "mkdir -p /home/{x:shell}/work && exec start"],
        ["sh", "-c", "echo 'it is' \"quoted\" {x:shell} # not this"],
        ["sh", "-c", "# it's a comment\necho {x:shell}"],
        ["sh", "-c", "echo \\'{x:shell}"],
        ["sh", "-c", "echo $# a#b {x:shell}"],
        ["env", "sh", "-c", "{x:shell}"],
        ["-c", "echo {x:shell}"],
        ["bash", "-c", "if [[ -d /a ]]; then echo $((1 + 1)) ./a {x:shell}; fi"],
    ],
)
def test_the_shell_filter_makes_it_one_word(words):
    assert in_words(words) == ()


@pytest.mark.parametrize(
    "code",
    [
        "echo '{x:shell}'",
        'echo "{x:shell}"',
        'echo "a $(echo {x:shell})"',
        "echo `echo {x:shell}`",
        "echo # {x:shell}",
        "# it's\necho '{x:shell}'",
        "cat <<END\n{x:shell}\nEND",
        "echo $'it\\'s {x:shell}'",
        "echo \\{x:shell}",
        "echo $(( {x:shell} + 1 ))",
        "[[ {x:shell} -eq 1 ]]",
        "trap {x:shell} EXIT",
        "true; . {x:shell}",
        "eval {x:shell}",
        "eval echo {x:shell}",
        "su jovyan -c {x:shell}",
        "exec bash -c {x:shell}",
        'bash -c "echo {x:shell}"',
    ],
)
def test_where_its_quotes_would_be_undone_the_shell_filter_does_not_help_X02(code):
    (problem,) = in_words(["sh", "-c", code])
    assert "{x" in problem.message


@pytest.mark.parametrize(
    "words", [["fish", "-c", "echo {x:shell}"], ["cmd.exe", "/c", "echo {x:shell}"], ["pwsh", "-c", "{x:shell}"]]
)
def test_shells_with_other_quotes_read_bounded_values_only(words):
    (problem,) = in_words(words)
    assert ":shell" not in problem.message


@pytest.mark.parametrize(
    "words",
    [
        ["sh", "{x}"],
        ["sh", "{x}", "echo"],
        ["sh", "-{x}", "echo"],
        ["bash", "-o", "{x}", "script.sh"],
        ["env", "bash", "--rcfile", "{x}", "-c", "true"],
        ["sh", "/scripts/{x}"],
        ["busybox", "{x}"],
        ["bash5", "{x}"],
        ["env", "-S", "sh -c {x}"],
        ["env", "-S", "sh -c {x:shell}"],
        ["env", "--split-string=bash -lc {x}"],
    ],
)
def test_free_text_is_no_option_and_no_script_of_a_shell_X02(words):
    assert len(in_words(words)) == 1


@pytest.mark.parametrize(
    ("words", "fine"),
    [
        (["sh", "-c"], False),
        (["bash", "-lc"], False),
        (["sh"], False),
        (["env", "sh", "-c"], False),
        (["tini", "--"], True),
        ([], True),
        (["start-notebook.sh"], True),
        (["sh", "-c", 'exec start "$@"', "sh"], True),
        (["sh", "/start.sh"], True),
    ],
)
@pytest.mark.parametrize("arguments", ["{jupyterhub.args}", "{list}"])
def test_a_whole_list_may_be_arguments_but_not_code(words, fine, arguments):
    declared = LIST if arguments == "{list}" else ()
    assert (problems(declared, command=words, args=arguments) == ()) is fine


@pytest.mark.parametrize(
    "words",
    [
        ["jupyterhub-singleuser", "--user={x}", "{x}"],
        ["sh", "-c", 'exec start "$0"', "{x}"],
        ["sh", "-c", "exec start $1", "sh", "{x}"],
        ["bash", "/start.sh", "{x}", "--flag={x}"],
        ["python", "-m", "http.server", "{x}"],
        ["git", "clone", "{x}"],
        ["start", "cmd", "{x}"],
        ["{x}"],
    ],
)
def test_elsewhere_arguments_are_free(words):
    assert in_words(words) == ()


def test_a_shell_among_the_choices_is_a_shell():
    choices = [{"value": "a", "values": {"run": "jupyter"}}, {"value": "b", "values": {"run": "bash"}}]
    declared = [{"name": "size", "choices": choices}, {"name": "x"}]
    assert len(problems(declared, command=["{size.run}", "-c", "{x}"])) == 1
    assert len(problems(declared, command=["{size.run}", "{x}"])) == 1
    assert len(problems([{"name": "run", "enum": ["jupyter", "sh"]}, {"name": "x"}], command=["{run}", "{x}"])) == 1
    assert problems([{"name": "run", "enum": ["jupyter", "tini"]}, {"name": "x"}], command=["{run}", "{x}"]) == ()


def test_a_whole_command_that_comes_with_a_choice_is_looked_at():
    choices = [{"value": "a", "values": {"run": ["start"]}}, {"value": "b", "values": {"run": ["sh", "-c"]}}]
    declared = [{"name": "size", "choices": choices}, {"name": "x"}]
    assert len(problems(declared, command="{size.run}", args=["{x}"])) == 1


def test_code_that_comes_with_a_choice_is_looked_at_where_it_is_written():
    choices = [{"value": "a", "values": {"code": "true"}}, {"value": "b", "values": {"code": "echo {x}"}}]
    (problem,) = problems([{"name": "size", "choices": choices}, {"name": "x"}], command=["sh", "-c", "{size.code}"])
    assert problem.path == "$.spec.variables[0].choices[1].values.code"


def test_too_many_commands_to_look_at_take_no_free_text():
    values = {f"w{i}": ["sh", "tini", "-c", "-l", "a"] for i in range(6)}
    declared = [{"name": name, "enum": words} for name, words in values.items()]
    words = [f"{{{name}}}" for name in values]
    assert problems(declared, command=words) == ()
    assert problems([*declared, {"name": "x"}], command=words, args=["{x}"]) != ()


def test_a_word_that_is_too_long_to_look_at_takes_no_free_text():
    for word in ("x" * 20_000 + "{x}", "{x}" * 65):
        (problem,) = problems(args=["a", word])
        assert (problem.path, "too long" in problem.message) == ("$.spec.pods[0].spec.containers[0].args[1]", True)
        assert problems([{"name": "x", "enum": ["a"]}], args=["a", word]) == ()


def test_a_template_of_nothing_but_placeholders_is_judged_in_no_time():
    words, images = ["{x}"] * 20_000, [{"name": "n", "image": "{x}"}] * 10_000
    before = time.thread_time()
    compiled = compile_template(pod_template({"containers": [{"name": "n", "args": words}], "initContainers": images}))
    assert len(compiled.problems) == len(images)
    assert time.thread_time() - before < 10


def test_a_name_that_no_file_can_have_is_not_that_of_a_shell():
    assert shell.program("sh" + "0" * 253) == "sh"
    assert shell.program("sh" + "0" * 254) == ""


# Containers that may do more than others

MORE = {
    "privileged": ({"privileged": True}, {}),
    "adds capabilities": ({"capabilities": {"add": ["NET_ADMIN"]}}, {}),
    "root": ({"runAsUser": 0}, {}),
    "root by the pod": ({}, {"runAsUser": 0}),
    "process of the host": ({"windowsOptions": {"hostProcess": True}}, {}),
    "process of the host by the pod": ({}, {"windowsOptions": {"hostProcess": True}}),
}
NOT_MORE = {
    "nothing said": ({}, {}),
    "not privileged": ({"privileged": False}, {}),
    "drops capabilities": ({"capabilities": {"drop": ["ALL"], "add": []}}, {}),
    "somebody": ({"runAsUser": 1000}, {}),
    "somebody in a pod of root": ({"runAsUser": 1000}, {"runAsUser": 0}),
    "group of root": ({"runAsGroup": 0}, {"fsGroup": 0}),
}


@pytest.mark.parametrize(("own", "pods"), MORE.values(), ids=MORE)
@pytest.mark.parametrize("place", ["command", "args"])
def test_a_container_that_may_do_more_takes_no_free_text_X02(own, pods, place):
    def found(text, declared=()):
        return problems(declared, {"securityContext": pods}, securityContext=own, **{place: ["chown", text]})

    (problem,) = found("{jupyterhub.user.name}")
    assert "write {jupyterhub.user.name:shell}" in problem.message
    assert found("{jupyterhub.user.name:shell}") == ()
    assert found("{jupyterhub.user.name:dns}") == ()
    assert found("{x}", [{"name": "x", "pattern": "[a-z]+"}]) == ()
    assert len(problems(pod={"securityContext": pods}, securityContext=own, **{place: "{jupyterhub.args}"})) == 1


@pytest.mark.parametrize(("own", "pods"), NOT_MORE.values(), ids=NOT_MORE)
def test_other_containers_take_free_arguments(own, pods):
    assert problems(pod={"securityContext": pods}, securityContext=own, args=["{jupyterhub.user.name}"]) == ()


@pytest.mark.parametrize("containers", ["initContainers", "ephemeralContainers"])
def test_every_kind_of_container_is_looked_at(containers):
    one = {"name": "i", "securityContext": {"privileged": True}, "args": ["{jupyterhub.user.name}"]}
    (problem,) = compile_template(pod_template({containers: [one]})).problems
    assert problem.path == f"$.spec.pods[0].spec.{containers}[0].args[0]"


def test_a_security_context_that_comes_with_a_choice_is_looked_at():
    choices = [
        {"value": "a", "values": {"context": {"runAsUser": 1000}, "user": 1000, "privileged": False}},
        {"value": "b", "values": {"context": {"runAsUser": 0}, "user": 0, "privileged": True}},
    ]
    declared = [{"name": "size", "choices": choices}, {"name": "x"}]
    for own in ("{size.context}", {"runAsUser": "{size.user}"}, {"privileged": "{size.privileged}"}):
        assert len(problems(declared, securityContext=own, args=["{x}"])) == 1
    assert len(problems(declared, {"securityContext": "{size.context}"}, args=["{x}"])) == 1


def test_a_container_that_comes_with_a_choice_is_looked_at():
    one = {"name": "i", "image": "i", "securityContext": {"privileged": True}, "args": ["{x}"]}
    declared = [{"name": "size", "choices": [{"value": "a", "values": {"init": [one]}}]}, {"name": "x"}]
    (problem,) = problems(declared, {"initContainers": "{size.init}"})
    assert problem.path == "$.spec.variables[0].choices[0].values.init[0].args[0]"


def test_a_user_that_is_listed_is_root_if_root_is_listed():
    declared = [{"name": "uid", "type": "integer", "enum": [0, 1000]}, {"name": "x"}]
    assert len(problems(declared, securityContext={"runAsUser": "{uid}"}, args=["{x}"])) == 1
    declared[0]["enum"] = [1000, 1001]
    assert problems(declared, securityContext={"runAsUser": "{uid}"}, args=["{x}"]) == ()


# What shells make of it

pieces = st.sampled_from(["echo ", "'", '"', "\\", " ", "#", "\n", "`", "$(", ")", "a", "$'", ";", "$#", "<<E\n"])
hostile = st.one_of(
    st.text(alphabet="ab'\"\\`$(); \n#&|<>{}*?!~", max_size=20),
    st.text(max_size=10).filter(lambda text: "\0" not in text and text.isprintable()),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=8), hostile)
def test_wherever_the_shell_filter_is_accepted_a_real_shell_reads_one_word(before, value):
    code = "".join(before) + "{x:shell}"
    if problems(command=["sh", "-c", code]):
        return
    template = pod_template(container(command=["sh", "-c", code]))
    rendered = first_container(template, {"x": value})["command"][2].replace("$$", "$")
    marked = first_container(template, {"x": "mark"})["command"][2].replace("$$", "$")
    # given what comes of a harmless word, where the code is sound
    if subprocess.run(["sh", "-nc", "--", marked], capture_output=True).returncode:
        return
    # then the hostile one is as sound, and is the same text between its quotes
    assert subprocess.run(["sh", "-nc", "--", rendered], capture_output=True).returncode == 0
    assert rendered.startswith(marked.removesuffix("'mark'"))
    assert shlex.split(rendered.removeprefix(marked.removesuffix("'mark'"))) == [value]
