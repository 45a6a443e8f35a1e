"""Every setting that JupyterHub's Spawner has: a server starts with it, and it has the effect that it should have."""

import base64
import os
from typing import Any

import pytest
from jupyterhub import orm
from jupyterhub.spawner import Spawner
from jupyterhub.user import User

from jupyternetes.spawner.hub.ownership import Owner
from tests.unit.spawner.fake_cluster import FakeClient
from tests.unit.spawner.hubs import Hubs

NAME = Owner("jovyan").instance_name

#: The environment that a setting gives the server.
ENVIRONMENT: dict[str, tuple[Any, dict[str, str]]] = {
    "debug": (True, {"JUPYTERHUB_DEBUG": "1"}),
    "default_url": ("/lab", {"JUPYTERHUB_DEFAULT_URL": "/lab"}),
    "disable_user_config": (True, {"JUPYTERHUB_DISABLE_USER_CONFIG": "1"}),
    "env_keep": (["SITE"], {"SITE": "here"}),
    "environment": (
        {"TEXT": "a", "CALLED": lambda spawner: spawner.user.name, "NUMBER": 4, "NOTHING": None},
        {"TEXT": "a", "CALLED": "jovyan", "NUMBER": "4"},
    ),
    "hub_connect_url": ("http://hub.site:8081", {"JUPYTERHUB_API_URL": "http://hub.site:8081/jh/hub/api"}),
    "ip": ("::", {"JUPYTERHUB_SERVICE_URL": "http://[::]:8888/jh/user/jovyan/"}),
    "mem_guarantee": ("512M", {"MEM_GUARANTEE": str(512 * 2**20)}),
    "mem_limit": ("1G", {"MEM_LIMIT": str(2**30)}),
    "cpu_guarantee": (0.5, {"CPU_GUARANTEE": "0.5"}),
    "cpu_limit": (2, {"CPU_LIMIT": "2.0"}),
    "notebook_dir": ("/home/{username}/work", {"JUPYTERHUB_ROOT_DIR": "/home/jovyan/work"}),
    "port": (9999, {"JUPYTERHUB_SERVICE_URL": "http://*:9999/jh/user/jovyan/"}),
    "apply_user_options": (
        lambda spawner, options: spawner.environment.update(CHOSEN=options["size"]),
        {"CHOSEN": "small"},
    ),
    "pre_spawn_hook": (lambda spawner: spawner.environment.update(HOOKED="yes"), {"HOOKED": "yes"}),
    "auth_state_hook": (lambda spawner, state: spawner.environment.update(STATE=repr(state)), {"STATE": "None"}),
    "group_overrides": (
        {"all": {"groups": ["staff"], "spawner_override": {"environment": {"OVERRIDDEN": "1"}}}},
        {"OVERRIDDEN": "1"},
    ),
    "oauth_client_allowed_scopes": (
        ["access:servers!server"],
        {"JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES": '["access:servers!server"]'},
    ),
}
#: What has its effect in the hub; here it must only not be in the way.
OF_THE_HUB: dict[str, Any] = {
    "consecutive_failure_limit": 5,
    "http_timeout": 20,
    "oauth_roles": [],
    "options_form": '<input name="size">',
    "options_from_form": "simple",
    "poll_interval": 5,
    "poll_jitter": 0.2,
    "post_stop_hook": lambda spawner: None,
    "progress_ready_hook": lambda spawner, event: event,
    "server_token_scopes": ["users:activity!user"],
    "ssl_alt_names": ["DNS:site"],
    "ssl_alt_names_include_local": False,
    "start_timeout": 20,
}
#: What reaches the pod as the variable ``jupyterhub.args``.
ARGUMENTS: dict[str, tuple[Any, str]] = {
    "args": (["--debug"], "[]"),  # without a command the image's own runs
    "cmd": (["jupyterhub-singleuser"], '["jupyterhub-singleuser"]'),
}
#: The variables that a Template's ``resources`` may have, beside the environment above.
AMOUNTS: dict[str, tuple[Any, str]] = {
    "mem_limit": ("1G", str(2**30)),
    "mem_guarantee": (512 * 2**20, str(512 * 2**20)),
    "cpu_limit": (2, "2000m"),
    "cpu_guarantee": (0.07, "70m"),
}


@pytest.fixture
def user(hubs: Hubs, client: FakeClient, notebook: None, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setitem(os.environ, "SITE", "here")
    user = hubs.user()
    user.groups.append(orm.Group(name="staff"))
    return user


def environment(client: FakeClient) -> dict[str, str]:
    """What the start Secret hands over."""
    (secret,) = client.secrets.values()
    return {name: base64.b64decode(value).decode() for name, value in secret["data"].items()}


def test_no_setting_is_left_out_H01() -> None:
    assert {*ENVIRONMENT, *OF_THE_HUB, *ARGUMENTS} == set(Spawner.class_traits(config=True))


@pytest.mark.parametrize("setting", ENVIRONMENT)
async def test_setting_reaches_the_server_H01_B43(hubs: Hubs, user: User, client: FakeClient, setting: str) -> None:
    value, expected = ENVIRONMENT[setting]
    hubs.config.Spawner[setting] = value

    await user.spawn(options={"size": "small"})

    got = environment(client)
    assert got | expected == got
    assert "NOTHING" not in got
    await user.stop()


@pytest.mark.parametrize("setting", OF_THE_HUB)
async def test_setting_of_the_hub_is_not_in_the_way_H01(
    hubs: Hubs, user: User, client: FakeClient, setting: str
) -> None:
    hubs.config.Spawner[setting] = OF_THE_HUB[setting]

    await user.spawn()
    assert await user.spawner.poll() is None
    await user.stop()

    assert client.only()["spec"]["suspend"] is True


@pytest.mark.parametrize("setting", ARGUMENTS)
async def test_command_and_arguments_reach_the_template_H01_B43(
    hubs: Hubs, user: User, client: FakeClient, setting: str
) -> None:
    value, expected = ARGUMENTS[setting]
    hubs.config.Spawner[setting] = value

    await user.spawn()

    assert client.only()["spec"]["variables"]["jupyterhub.args"] == expected
    await user.stop()


@pytest.mark.parametrize("setting", AMOUNTS)
async def test_limits_and_guarantees_reach_the_template_T09(
    hubs: Hubs, user: User, client: FakeClient, setting: str
) -> None:
    value, expected = AMOUNTS[setting]
    hubs.config.Spawner[setting] = value

    await user.spawn()

    variables = client.only()["spec"]["variables"]
    assert {name: variables.get(f"jupyterhub.{name}") for name in AMOUNTS} == dict.fromkeys(AMOUNTS) | {
        setting: expected
    }
    await user.stop()


async def test_post_stop_hook_runs_once_the_server_is_gone_H01(hubs: Hubs, user: User, client: FakeClient) -> None:
    suspended: list[bool] = []
    hubs.config.Spawner.post_stop_hook = lambda spawner: suspended.append(client.only()["spec"]["suspend"])

    await user.spawn()
    assert suspended == []
    await user.stop()

    assert suspended == [True]


async def test_hook_may_fill_in_a_text_as_jupyterhub_does_H01(hubs: Hubs, user: User, client: FakeClient) -> None:
    hubs.config.Spawner.pre_spawn_hook = lambda spawner: setattr(
        spawner, "default_url", spawner.format_string("/doc/tree/{username}{base_url}")
    )

    await user.spawn()

    assert environment(client)["JUPYTERHUB_DEFAULT_URL"] == "/doc/tree/jovyan/jh/user/jovyan/"
    await user.stop()
