"""Which Templates a hub offers to whom, what it reads for that, and what the site has decided."""

import asyncio
import logging
from typing import Any

import pytest
from tornado.web import HTTPError

from jupyternetes.runtime.errors import Unreachable
from jupyternetes.spawner import JupyternetesSpawner
from tests.unit.options.options_support import HUB, template
from tests.unit.spawner.choosing_support import (
    CHOSEN,
    KEY,
    PLAIN,
    offering,
    started,
)
from tests.unit.spawner.fake_cluster import Call, FakeClient, refused
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.obliging_operators import Obliging

__all__ = ["offering"]


async def test_hub_without_templates_reads_none(hubs: Hubs, client: FakeClient, operators: Obliging) -> None:
    spawner = hubs.spawner()

    assert await spawner.get_options_form() in ("", None)
    assert spawner.run_options_from_form({"size": ["small"]}) == {"size": ["small"]}
    assert spawner.options_from_query({"size": ["small"]}) == {"size": ["small"]}
    await spawner.start()

    assert not [call for call in client.calls if call[1] == "JupyterNotebookTemplate"]


async def test_templates_are_read_once_however_many_start(offering: Hubs, client: FakeClient, notebook: None) -> None:
    users = [offering.user(name) for name in ("ada", "grace", "jovyan")]
    for user in users:
        await user.spawn()

    reads = [call for call in client.calls if call[1] == "JupyterNotebookTemplate"]

    assert reads == [("list", "JupyterNotebookTemplate", HUB)]
    for user in users:
        await user.stop()


async def test_templates_of_a_whole_namespace_and_of_others_B12(
    offering: Hubs, client: FakeClient, operators: Obliging
) -> None:
    client.apply(template(name="one", namespace="shared"))
    client.apply(template(name="two", namespace="shared", access={"namespaces": []}))
    spawner = offering.spawner()

    for templates, expected in (
        (["*"], [KEY, PLAIN]),
        (["plain", "*"], [PLAIN, KEY]),
        (["shared/*", "none"], ["shared/one"]),
        (["shared/two", "plain"], [PLAIN]),
    ):
        spawner.templates = templates
        assert [each.key async for each in spawner._offers("")] == expected


async def test_start_looks_at_the_template_that_was_chosen_alone(
    offering: Hubs, client: FakeClient, notebook: None, caplog: pytest.LogCaptureFixture
) -> None:
    """So that it takes no longer with a thousand of them; what is wrong with another one is then not seen."""
    client.apply(template({"name": "broken", "default": 1}, name="broken"))
    offering.config.JupyternetesSpawner.templates = ["lab", "*"]
    user = offering.user()

    for options in (CHOSEN, {"template": PLAIN}, {}):
        await user.spawn(options=options)
        assert started(client)["template"] == (options.get("template") or KEY)
        await user.stop()
    assert "broken is offered to nobody" not in caplog.text

    await user.spawn(options={"template": f"{HUB}/none"})  # nothing asked for it, so the default is started
    await user.stop()
    assert "broken is offered to nobody" in caplog.text


async def test_site_computes_the_list_for_each_person_each_time_F14(offering: Hubs, client: FakeClient) -> None:
    asked: list[str] = []

    def plainly(spawner: JupyternetesSpawner) -> list[str]:
        asked.append(spawner.user.name)
        return ["plain"] if spawner.user.name == "ada" else ["lab"]

    async def later(spawner: JupyternetesSpawner) -> list[str]:
        await asyncio.sleep(0)
        return plainly(spawner)

    for listed in (plainly, later):
        offering.config.JupyternetesSpawner.templates = listed
        ada, jovyan = offering.spawner("ada"), offering.spawner("jovyan")
        assert [each.key async for each in ada._offers("")] == [PLAIN]
        assert [each.key async for each in jovyan._offers("")] == [KEY]
        assert [each.key async for each in jovyan._offers("")] == [KEY]
    assert asked == ["ada", "jovyan", "jovyan"] * 2


async def test_server_stays_in_its_namespace_whatever_template_is_chosen_F17(
    offering: Hubs, client: FakeClient, operators: Obliging
) -> None:
    """A Template says no namespace: elsewhere a profile may choose one."""
    client.apply(template(name="far", namespace="shared"))
    offering.config.JupyternetesSpawner.templates = ["shared/far"]
    offering.config.JupyternetesSpawner.instance_namespace = "users"
    spawner = offering.spawner()
    spawner.user_options = {"template": "far"}

    await spawner.start()

    assert client.only()["metadata"]["namespace"] == "users"
    assert started(client) == {"template": "shared/far"}
    assert await spawner.poll() is None
    await spawner.stop()


async def test_what_the_site_sets_is_decided(offering: Hubs, client: FakeClient, notebook: None) -> None:
    offering.config.JupyternetesSpawner.variables = {"Size": lambda spawner: "a100"}
    user = offering.user()

    form = await user.spawner.choices_form()
    await user.spawn()

    assert form is not None
    assert [field.name for field in form.cards[0].fields] == ["dataset"]
    assert started(client) == {"template": KEY, "Size": "a100"}
    await user.stop()


async def test_hook_that_names_another_template_has_the_last_word(
    offering: Hubs, client: FakeClient, notebook: None
) -> None:
    offering.config.JupyternetesSpawner.pre_spawn_hook = lambda spawner: spawner.set_trait("template_name", "special")
    user = offering.user()

    await user.spawn(options=CHOSEN)

    assert started(client) == {"template": f"{HUB}/special"}
    await user.stop()


async def test_hook_of_the_site_for_options_does_not_keep_ours_from_being_obeyed(
    offering: Hubs, client: FakeClient, notebook: None
) -> None:
    seen: list[Any] = []
    offering.config.JupyternetesSpawner.apply_user_options = lambda spawner, options: seen.append(options)
    user = offering.user()

    await user.spawn(options=CHOSEN)

    assert seen == [CHOSEN]
    assert started(client) == {"template": KEY, "size": "medium", "dataset": "stars"}
    await user.stop()


async def test_template_that_nobody_can_use_is_named_in_the_log_once(
    offering: Hubs, client: FakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.apply(template({"name": "broken", "default": 1}, name="broken"))
    spawner = offering.spawner()
    spawner.templates = ["*"]

    for _ in range(3):
        assert [each.key async for each in spawner._offers("")] == [KEY, PLAIN]

    warnings = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert [text for text in warnings if "hub-home/broken is offered to nobody" in text] == [
        "Template hub-home/broken is offered to nobody: Template $.spec.variables[0].default: must be a text: "
        "put it in quotes"
    ]


@pytest.mark.parametrize(
    "failure", [refused(403, "Forbidden", "no templates for you"), Unreachable("no route to the API server")]
)
async def test_templates_that_cannot_be_read_refuse_in_words(
    offering: Hubs, client: FakeClient, failure: Exception
) -> None:
    def fail(call: Call) -> None:
        if call[1] == "JupyterNotebookTemplate":
            raise failure

    client.before = fail
    spawner = offering.spawner()

    with pytest.raises(HTTPError) as refusal:
        await spawner.choices_form()

    assert refusal.value.status_code < 500
    assert str(failure) in str(refusal.value.log_message)


async def test_start_without_a_request_takes_what_it_is_given_as_far_as_it_fits(
    offering: Hubs, client: FakeClient, notebook: None
) -> None:
    user = offering.user()

    await user.spawn(options={"template": KEY, "variables": {"size": "vast"}})

    assert started(client) == {"template": KEY}
    await user.stop()
