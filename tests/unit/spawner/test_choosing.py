"""People choose before a start, in a real JupyterHub: by form, link, REST, and with what they chose the last time."""

import re
from typing import Any

import msgspec
import pytest

from jupyternetes.api.template import Template
from jupyternetes.spawner.choice.chooser import FROM_A_LINK
from tests.unit.options.options_support import DATASET, HUB, SIZE, template
from tests.unit.spawner.choosing_support import (
    CHOSEN,
    KEY,
    LABORATORY,
    MEDIUM,
    PLAIN,
    laboratory,
    started,
    told,
    whole_hub,
)
from tests.unit.spawner.conftest import eventually
from tests.unit.spawner.fake_cluster import FakeClient
from tests.unit.spawner.whole_hub import WholeHub

__all__ = ["laboratory", "whole_hub"]

# JupyterHub 5 has a schema of events that jupyter_events no longer likes.
pytestmark = pytest.mark.filterwarnings("ignore:The `version` property of an event schema")


async def test_form_that_is_refused_comes_again_and_then_starts_F01_F02_F07(
    laboratory: WholeHub, client: FakeClient
) -> None:
    status, form = await laboratory.show()
    assert status == 200
    assert form is not None
    assert [card.key for card in form.cards] == [KEY, PLAIN]
    assert form.chosen == KEY

    status, form, page = await laboratory.post({**MEDIUM, f"{KEY}/dataset": "Two Words"})

    assert status == 400
    assert "must match" in page
    assert form is not None
    assert [field.value for field in form.cards[0].fields] == ["medium", "Two Words"]
    assert "must match" in form.cards[0].fields[1].problem
    assert client.instances == {}

    status, _, _ = await laboratory.post(MEDIUM)

    assert status == 302
    assert started(client) == {"template": KEY, "size": "medium", "dataset": "stars"}
    await laboratory.stop()

    # The next form begins with it; a start that brings nothing uses it.
    _, form = await laboratory.show()
    assert form is not None
    assert [field.value for field in form.cards[0].fields] == ["medium", "stars"]
    assert await laboratory.rest() == (201, "")
    assert started(client) == {"template": KEY, "size": "medium", "dataset": "stars"}
    await laboratory.stop()


async def test_form_is_drawn_with_its_script_and_style(laboratory: WholeHub, client: FakeClient) -> None:
    del laboratory.config["options_form"]
    browser = await laboratory.browser()

    async with browser.get(f"{laboratory.address}/spawn") as answer:
        page = await answer.text()

    assert answer.status == 200
    assert f'name="{KEY}/size"' in page
    files = re.findall(r'(?:src|href)="(/jh/hub/jupyternetes/[^"]+)"', page)
    assert len(files) == 2
    for file in files:
        async with browser.get(laboratory.address.removesuffix("/jh/hub") + file) as answer:
            assert answer.status == 200

    status, _, page = await laboratory.post({**MEDIUM, f"{KEY}/dataset": "Two Words"})
    assert status == 400
    assert 'value="Two Words"' in page
    assert (await laboratory.post(MEDIUM))[0] == 302
    assert started(client) == {"template": KEY, "size": "medium", "dataset": "stars"}
    await laboratory.stop()


async def test_refused_form_of_a_named_server_comes_again_filled_in_and_each_server_remembers_its_own(
    laboratory: WholeHub, client: FakeClient
) -> None:
    """JupyterHub asks the default server's spawner for the form that comes again."""
    status, form, _ = await laboratory.post({**MEDIUM, f"{KEY}/dataset": "Two Words"}, server="work")
    assert status == 400
    assert form is not None
    assert form.cards[0].fields[1].value == "Two Words"

    await laboratory.post(MEDIUM, server="work")
    await laboratory.stop("work")

    _, of_work = await laboratory.show("work")
    _, of_default = await laboratory.show()
    assert of_work is not None
    assert of_default is not None
    assert [field.value for field in of_work.cards[0].fields] == ["medium", "stars"]
    assert [field.value for field in of_default.cards[0].fields] == ["small", "none"]


async def test_link_fills_the_form_and_starts_nothing(laboratory: WholeHub, client: FakeClient) -> None:
    query = {"opt-template": "lab", "opt-size": "medium", "opt-dataset": "Two Words"}

    status, form = await laboratory.show(**query)

    assert status == 200
    assert form is not None
    assert form.notices == (FROM_A_LINK,)
    assert [field.value for field in form.cards[0].fields] == ["medium", "Two Words"]
    assert "must match" in form.cards[0].fields[1].problem
    assert client.instances == {}

    # Not even where there is nothing to choose, and a visit without a link would start a server.
    laboratory.config.templates = ["plain"]
    status, form = await laboratory.show(template="plain")
    assert (status, client.instances) == (200, {})
    assert form is not None

    # The next visit has forgotten it.
    laboratory.config.templates = ["lab"]
    _, form = await laboratory.show()
    assert form is not None
    assert form.notices == ()
    assert form.cards[0].fields[0].value == "small"


async def test_link_starts_where_the_site_lets_it(laboratory: WholeHub, client: FakeClient) -> None:
    laboratory.config.start_from_link = True

    status, form = await laboratory.show(template="lab", size="vast")
    assert (status, client.instances) == (400, {})
    assert form is not None
    assert form.cards[0].fields[0].problem == "variable 'size' (Size) must be one of small, medium"

    status, _ = await laboratory.show(template="lab", size="medium")
    assert status == 302
    assert started(client) == {"template": KEY, "size": "medium"}
    await laboratory.stop()


async def test_rest_gives_what_the_form_gives_and_is_refused_in_words_F03_F10_X02(
    laboratory: WholeHub, client: FakeClient
) -> None:
    for body, words in (
        ({"template": "none"}, "Choose one of hub-home/lab (Laboratory), hub-home/plain (plain)"),
        ({"variables": {"size": "vast"}}, "must be one of small, medium"),
        ({"variables": {"size": "small", "dataset": "stars"}}, "is accepted only when vars.size != 'small'"),
        ({"variables": {"jupyterhub.user.name": "ada"}}, "is not yours to choose"),
        ({"profile": "lab"}, "Options hold nothing but template and variables"),
        ({"variables": {"size": {"cpu": 9}}}, "must be one of small, medium"),
        ({"variables": ["size"]}, "variables must be an object"),
    ):
        status, answer = await laboratory.rest(body)
        assert status == 400, answer
        assert words in msgspec.json.decode(answer)["message"]
        assert client.instances == {}

    status, _ = await laboratory.rest(CHOSEN)
    assert status == 201
    assert started(client) == {"template": KEY, "size": "medium", "dataset": "stars"}
    await laboratory.stop()


async def test_groups_are_those_of_the_moment_of_the_start(laboratory: WholeHub, client: FakeClient) -> None:
    a100 = {"template": KEY, f"{KEY}/size": "a100", f"{KEY}/dataset": "stars"}
    await laboratory.browser()
    laboratory.join("gpu-users")
    _, form = await laboratory.show()
    assert form is not None
    assert [option.value for option in form.cards[0].fields[0].options] == ["small", "medium", "a100"]

    laboratory.join("")
    status, _, page = await laboratory.post(a100)
    assert (status, client.instances) == (400, {})
    assert "must be one of small, medium" in page

    laboratory.join("gpu-users")
    status, _, _ = await laboratory.post(a100)
    assert status == 302
    assert started(client)["size"] == "a100"
    await laboratory.stop()

    laboratory.join("")
    assert await laboratory.rest() == (201, "")
    assert started(client) == {"template": KEY}
    assert "What you chose last for Size cannot be chosen any more. Small is chosen instead." in await told(
        laboratory.user().spawner
    )
    await laboratory.stop()


def changed(*variables: Any, **spec: Any) -> Template:
    return template(*variables, displayName="Laboratory", **spec)


SMALL = [each for each in SIZE["choices"] if each["value"] == "small"]
MEDIUM_ONLY = [each for each in SIZE["choices"] if each["value"] == "medium"]


def of_group(choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**each, "groups": ["x"]} for each in choices]


def without(value: str) -> dict[str, Any]:
    return {**SIZE, "choices": [each for each in SIZE["choices"] if each["value"] not in (value, "huge")]}


#: What becomes of the Template after somebody chose; None: it is deleted.
CHANGES: dict[str, Template | None] = {
    "a choice is gone": changed(without("medium"), DATASET),
    "a choice is replaced": changed(
        {**without("medium"), "choices": [*without("medium")["choices"], {"value": "medium", "replacedBy": "old"}]},
        DATASET,
    ),
    "a choice is a group's": changed({**SIZE, "choices": [*SMALL, *of_group(MEDIUM_ONLY)]}, DATASET),
    "a variable is gone": changed(SIZE),
    "a variable is the site's": changed(SIZE, {**DATASET, "userSettable": False}),
    "a type is another": changed(SIZE, {"name": "dataset", "type": "integer", "default": 1, "userSettable": True}),
    "a pattern is narrower": changed(SIZE, {**DATASET, "pattern": "none"}),
    "a condition is another": changed(SIZE, {**DATASET, "when": "vars.size == 'small'"}),
    "a rule is new": changed(SIZE, DATASET, rules=[{"rule": "vars.size == 'small'", "message": "Only small ones."}]),
    "something new is required": changed(
        SIZE, DATASET, {"name": "project", "required": True, "userSettable": True}
    ),
    "it is another group's": changed(SIZE, DATASET, access={"groups": ["x"]}),
    "it is broken": changed({"name": "size", "default": 1}),
    "it is gone": None,
}  # fmt: skip


async def test_no_change_of_a_template_is_an_error_of_the_hub_F15(laboratory: WholeHub, client: FakeClient) -> None:
    """Each change x the form, a start by REST that brings nothing, and the admin page, which is the same by another."""
    client.apply(template(name="spare"))
    laboratory.config.templates = ["lab", "plain", "spare"]
    await laboratory.browser()
    user = laboratory.user()
    for name, change in CHANGES.items():
        client.apply(LABORATORY)
        await eventually(client.templates_told)
        user.spawner.orm_spawner.user_options = CHOSEN
        laboratory.hub.db.commit()
        if change is None:
            client.withdraw(HUB, "lab")
        else:
            client.apply(change)
        await eventually(client.templates_told)

        status, form = await laboratory.show()
        assert status == 200, name
        assert form is not None
        required = name == "something new is required"
        assert bool(form.notices) is not required, name

        status, answer = await laboratory.rest()
        if required:
            assert status == 400, name
            assert "ariable 'project' has to be given" in answer
        else:
            assert (status, answer) == (201, ""), name
            assert set(form.notices) <= set(await told(user.spawner)), name
        await laboratory.stop()

        status, form, _ = await laboratory.post(MEDIUM)
        assert status in (302, 400), name
        assert status == 302 or form is not None, name
        await laboratory.stop()


async def test_site_with_one_template_and_nothing_to_set_starts_as_ever_without_a_form(
    whole_hub: WholeHub, client: FakeClient
) -> None:
    client.apply(template(name="plain"))
    whole_hub.config.templates = ["plain"]

    status, form = await whole_hub.show()

    assert (status, form) == (302, None)
    assert started(client) == {"template": PLAIN}
    await whole_hub.stop()
