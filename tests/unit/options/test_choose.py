"""What may be chosen, by whom, and what a refusal says."""

from dataclasses import replace

import pytest

from jupyternetes.options.given import Malformed, read_options
from jupyternetes.templating import Ready, compile_as_operators, render
from tests.unit.options.options_support import COURSE, DATASET, HUB, SIZE, chosen, offered, refused, template

GPU: list[str] = ["gpu-users"]


def test_nothing_chosen_starts_the_default_template_with_its_defaults_F04() -> None:
    offers = offered(template(SIZE), template(name="other"))

    outcome = chosen(offers)

    assert (outcome.offer.key, outcome.variables) == (f"{HUB}/lab", {})


def test_a_choice_of_another_template_and_its_values_F05() -> None:
    offers = offered(template(name="first"), template(SIZE))

    outcome = chosen(offers, f"{HUB}/lab", size="medium")

    assert (outcome.offer.key, outcome.variables) == (f"{HUB}/lab", {"size": "medium"})


def test_a_name_alone_is_enough_where_one_template_has_it() -> None:
    offers = offered(template(name="first"), template(name="lab", namespace="a"), template(name="lab", namespace="b"))

    assert chosen(offers, "first").offer.key == f"{HUB}/first"
    assert "There is no such Template" in refused(offers, "lab").message


def test_text_that_fits_is_used_and_text_that_does_not_is_refused_F06_F07() -> None:
    offers = offered(template(SIZE, DATASET))

    for text in ("stars", "galaxies"):
        assert chosen(offers, size="medium", dataset=text).variables == {"size": "medium", "dataset": text}
    outcome = refused(offers, size="medium", dataset="Two Words")
    assert outcome.fields == {"dataset": "variable 'dataset' (Data set) must match [a-z][a-z0-9-]{0,40}"}
    assert "Two Words" not in outcome.message


def test_text_without_pattern_is_refused_with_the_template_where_it_reaches_too_far_F08() -> None:
    """Elsewhere any text is accepted; here a text that nothing bounds would choose the image."""
    free = {"name": "image", "userSettable": True, "default": "none"}
    pods = [{"name": "notebook", "spec": {"containers": [{"name": "notebook", "image": "{image}"}]}}]
    held = template(free, pods=pods)

    assert offered(held) == []
    assert "pattern" in str(compile_as_operators(held).problems[0])
    assert chosen(offered(template(free)), image="whatever").variables == {"image": "whatever"}


def test_unknown_template_and_unknown_choice_list_what_there_is_F10() -> None:
    offers = offered(template(SIZE, displayName="Laboratory"), template(name="other"))

    assert refused(offers, "hub-home/none").message == (
        f"There is no such Template that you may use. Choose one of {HUB}/lab (Laboratory), {HUB}/other (other)."
    )
    assert refused(offers, size="vast").message == "Variable 'size' (Size) must be one of small, medium."


def test_a_null_of_a_choice_removes_the_field_F12() -> None:
    choices = [
        {"value": "cpu", "values": {"gpus": "{jupyternetes.null}"}},
        {"value": "gpu", "values": {"gpus": 1}},
    ]
    pods = [
        {
            "name": "notebook",
            "spec": {
                "containers": [
                    {"name": "notebook", "image": "x", "resources": {"limits": {"nvidia.com/gpu": "{kind.gpus}"}}}
                ]
            },
        }
    ]
    offers = offered(template({"name": "kind", "userSettable": True, "default": "cpu", "choices": choices}, pods=pods))

    for kind, limits in (("gpu", {"nvidia.com/gpu": 1}), ("cpu", {})):
        outcome = chosen(offers, kind=kind)
        instance = replace(outcome.offer.facts, variables={**outcome.offer.facts.variables, **outcome.variables})
        (pod,) = render(outcome.offer.compiled, instance, {}).pods
        assert isinstance(pod, Ready)
        assert pod.spec["containers"] == [{"name": "notebook", "image": "x", "resources": {"limits": limits}}]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("siize", "there is no variable 'siize' to choose (did you mean 'size'?); leave it out"),
        ("course", "variable 'course' is not yours to choose; leave it out"),
        ("jupyterhub.user.name", "variable 'jupyterhub.user.name' is not yours to choose; leave it out"),
        ("JupyterHub.User.Name", "variable 'JupyterHub.User.Name' is not yours to choose; leave it out"),
        ("jupyternetes.instance.name", "there is no variable 'jupyternetes.instance.name' to choose; leave it out"),
        ("size.cpu", "there is no variable 'size.cpu' to choose (did you mean 'size'?); leave it out"),
    ],
)
def test_only_what_is_userSettable_may_be_set_X02(name: str, message: str) -> None:
    offers = offered(template(SIZE, COURSE))

    assert refused(offers, **{name: "x"}).fields == {name.lower(): message}


def test_what_the_site_sets_is_not_the_persons_to_choose() -> None:
    offers = offered(template(SIZE, DATASET), site={"Size": "medium"})

    assert refused(offers, size="small").fields == {"size": "variable 'size' is not yours to choose; leave it out"}
    assert chosen(offers, dataset="stars").variables == {"dataset": "stars"}


def test_a_site_may_give_anybody_a_choice_of_a_group() -> None:
    assert chosen(offered(template(SIZE), site={"size": "a100"})).variables == {}


@pytest.mark.parametrize(
    ("access", "groups", "user", "open_to_them"),
    [
        ({}, [], "jovyan", True),
        ({"groups": ["staff"]}, [], "jovyan", False),
        ({"groups": ["staff"]}, ["staff", "others"], "jovyan", True),
        ({"users": ["ada"]}, ["staff"], "jovyan", False),
        ({"users": ["ada"]}, [], "ada", True),
        ({"users": ["ada"], "groups": ["staff"]}, [], "ada", True),
        ({"users": ["ada"], "groups": ["staff"]}, ["staff"], "jovyan", True),
        ({"users": [], "groups": []}, ["staff"], "jovyan", False),
        ({"namespaces": ["elsewhere"]}, [], "jovyan", False),
        ({"namespaces": [HUB]}, [], "jovyan", True),
    ],
)
def test_a_template_is_open_to_its_groups_users_and_namespaces(
    access: dict[str, list[str]], groups: list[str], user: str, open_to_them: bool
) -> None:
    offers = offered(template(namespace="shared", access=access), groups=groups, user=user)

    assert bool(offers) is open_to_them


def test_a_choice_of_a_group_is_neither_offered_nor_accepted_without_it() -> None:
    held = template(SIZE)

    assert chosen(offered(held, groups=GPU), size="a100").variables == {"size": "a100"}
    outcome = refused(offered(held), size="a100")
    assert outcome.message == "Variable 'size' (Size) must be one of small, medium."


def test_a_default_that_is_not_open_is_replaced_aloud() -> None:
    """Or the operators, who do not know who asks, would use it."""
    offers = offered(template({**SIZE, "default": "a100"}, DATASET))

    assert chosen(offers).variables == {"size": "small"}
    assert chosen(offers, size="medium").variables == {"size": "medium"}
    assert chosen(offered(template({**SIZE, "default": "a100"}), groups=GPU)).variables == {}


def test_a_default_that_is_not_open_stays_where_nothing_may_be_given() -> None:
    second = {**SIZE, "name": "gpu", "default": "a100", "when": "vars.size == 'medium'"}
    offers = offered(template(SIZE, second))

    assert chosen(offers).variables == {}
    assert chosen(offers, size="medium").variables == {"size": "medium", "gpu": "small"}


def test_a_template_without_a_choice_that_is_open_is_not_offered() -> None:
    closed = {"name": "kind", "userSettable": True, "default": "a", "choices": [{"value": "a", "groups": ["staff"]}]}

    assert offered(template(closed)) == []
    assert len(offered(template(closed), groups=["staff"])) == 1


def test_nobody_is_offered_a_broken_template() -> None:
    assert offered(template({"name": "size", "default": 1})) == []
    assert refused([]).message == "There is no Template that you may use. Ask whoever runs this hub."


def test_a_choice_that_was_replaced_goes_on_working() -> None:
    assert chosen(offered(template(SIZE)), size="huge").variables == {"size": "huge"}


def test_a_hidden_variable_is_left_out_of_a_form_and_refused_elsewhere() -> None:
    offers = offered(template(SIZE, DATASET))

    outcome = chosen(offers, form=True, size="small", dataset="stars")
    assert outcome.variables == {"size": "small"}
    assert outcome.notices == ("Data set was left out: it does not go with the other choices.",)
    assert chosen(offers, form=True, size="small", dataset="none").notices == ()
    assert "accepted only when" in refused(offers, size="small", dataset="stars").fields["dataset"]


def test_what_is_wrong_in_a_hidden_field_of_a_form_does_not_matter() -> None:
    offers = offered(template(SIZE, DATASET))

    assert chosen(offers, form=True, size="small", dataset="Not Good").variables == {"size": "small"}


def test_a_hidden_field_that_another_one_depends_on_counts_with_its_default() -> None:
    third = {"name": "table", "userSettable": True, "default": "t", "when": "vars.dataset == 'stars'"}
    offers = offered(template(SIZE, DATASET, third))

    outcome = chosen(offers, form=True, size="small", dataset="stars", table="x")

    assert outcome.variables == {"size": "small"}
    assert len(outcome.notices) == 2


def test_a_rule_says_what_its_author_wrote() -> None:
    rule = {"rule": "vars.size != 'medium' || vars.dataset != 'none'", "message": "Name the data set."}
    offers = offered(template(SIZE, DATASET, rules=[rule]))

    assert refused(offers, size="medium").problems == ("Name the data set.",)
    assert chosen(offers, size="medium", dataset="stars").variables == {"size": "medium", "dataset": "stars"}


def test_what_is_required_has_to_be_chosen() -> None:
    offers = offered(template({"name": "project", "userSettable": True, "required": True}))

    assert refused(offers).fields == {"project": "variable 'project' has to be given"}
    assert chosen(offers, project="x").variables == {"project": "x"}


def test_what_shows_only_when_all_is_filled_in_is_refused_too() -> None:
    """As a label's value it must be one of Kubernetes', which no declaration says."""
    pods = [{"name": "notebook", "labels": {"team": "{team}"}, "spec": {"containers": [{"name": "c", "image": "x"}]}}]
    offers = offered(template({"name": "team", "userSettable": True, "default": "a"}, pods=pods))

    assert "$.spec.pods[0].labels.team" in refused(offers, team="not a label!").message
    assert chosen(offers, team="label").variables == {"team": "label"}


@pytest.mark.parametrize(
    "given",
    [
        5,
        ["template"],
        {"template": 5},
        {"template": "a", "profile": "b"},
        {"variables": ["size"]},
        {"variables": "size"},
        {"variables": {f"v{index}": "" for index in range(257)}},
        {"variables": {"size": "\ud800"}},
        {"variables": {"v" * 300: ""}},
    ],
)
def test_options_of_another_shape_are_refused(given: object) -> None:
    with pytest.raises(Malformed):
        read_options(given)


def test_options_as_rest_clients_write_them() -> None:
    options = read_options({"template": "a/b", "variables": {"n": 2, "on": True, "text": "2", "none": None}})

    assert options.template == "a/b"
    assert options.variables == {"n": "2", "on": "true", "text": "2"}
    assert read_options(options.canonical()) == options
    assert read_options({}).variables == {}
    assert read_options({"template": None, "variables": None}).template == ""
