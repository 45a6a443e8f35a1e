"""A hub as sites set it up: what Zero to JupyterHub's values and public configurations contain, in one file.

Both JupyterHubs that we support read it. What the test chooses (addresses, folders) is in the environment.
"""

import os
import sys
from pathlib import Path

from jupyterhub.auth import DummyAuthenticator

c = get_config()  # noqa: F821 - JupyterHub gives it
hub = f"http://{os.environ['SITE_HUB_ADDRESS']}"
data = Path(os.environ["SITE_DATA"])


def note(event: str, spawner) -> None:
    """Hooks of sites write into their own records; here the test reads them."""
    with (data / "events.txt").open("a") as events:
        events.write(f"{event} {spawner.user.name} {spawner.name}\n")


# The hub and its proxy.

c.JupyterHub.base_url = "/site/"
c.JupyterHub.hub_bind_url = hub
c.JupyterHub.hub_connect_url = hub
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = os.environ["SITE_PROXY_API"]
c.JupyterHub.db_url = f"sqlite:///{data}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{data}/cookie_secret"
c.JupyterHub.cleanup_servers = False
c.JupyterHub.cleanup_proxy = False
c.JupyterHub.last_activity_interval = 60
c.JupyterHub.concurrent_spawn_limit = 64
c.JupyterHub.active_server_limit = 100
c.JupyterHub.allow_named_servers = True
c.JupyterHub.named_server_limit_per_user = 2
c.JupyterHub.authenticate_prometheus = False
c.JupyterHub.tornado_settings = {
    "slow_spawn_timeout": 10 if os.environ["SITE_TEMPLATES"] else 0,  # seconds; 10 unless a site says so
    "cookie_options": {"SameSite": "Lax"},
    "headers": {"Content-Security-Policy": "frame-ancestors 'self'"},
}

# People.


class SiteAuthenticator(DummyAuthenticator):
    """Tells of every user what an OAuth provider would."""

    async def authenticate(self, handler, data):
        name = await super().authenticate(handler, data)
        groups = ["staff", "gpu"] if name == "ada" else ["staff"]
        return name and {"name": name, "groups": groups, "auth_state": {"team": f"team-of-{name}"}}


c.JupyterHub.authenticator_class = SiteAuthenticator
c.DummyAuthenticator.password = os.environ["SITE_PASSWORD"]
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"head"}
c.Authenticator.manage_groups = True
c.Authenticator.enable_auth_state = True

# Services, and what each may do.

c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [
            *(sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=2", "--cull-every=2"),
            *("--cull-default-servers=False", "--remove-named-servers=True"),
        ],
    },
    {"name": "grader", "api_token": os.environ["SITE_GRADER_TOKEN"]},
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    },
    {
        "name": "grader",
        "scopes": ["admin:users", "admin:servers", "access:servers"],
        "services": ["grader"],
    },
]

# Servers.

c.JupyterHub.spawner_class = "jupyternetes"
c.JupyternetesSpawner.kubeconfig = os.environ["SITE_KUBECONFIG"]
c.JupyternetesSpawner.hub_id = os.environ["SITE_NAME"]
c.JupyternetesSpawner.instance_namespace = os.environ["SITE_NAMESPACE"]
c.JupyternetesSpawner.template_namespace = os.environ["SITE_NAMESPACE"]
c.JupyternetesSpawner.template_name = "default-template"
templates = os.environ["SITE_TEMPLATES"].split()
if templates:
    c.JupyternetesSpawner.templates = templates
else:
    c.JupyternetesSpawner.variables = {"course": "optics", "seat": lambda spawner: spawner.user.id}

c.Spawner.cmd = ["jupyterhub-singleuser"]
c.Spawner.args = ["--ServerApp.terminals_enabled=False"]
c.Spawner.notebook_dir = "/home"
c.Spawner.default_url = "/lab/tree/jovyan?of={username}"
c.Spawner.environment = {"SITE_COURSE": "optics", "SITE_SEAT": lambda spawner: f"seat-of-{spawner.user.name}"}
c.Spawner.env_keep = ["SITE_NAME"]
c.Spawner.mem_limit = "768M"
c.Spawner.mem_guarantee = "256M"
c.Spawner.cpu_guarantee = 0.06
c.Spawner.debug = True
c.Spawner.disable_user_config = True
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 60
c.Spawner.poll_interval = 5
c.Spawner.consecutive_failure_limit = 5
c.Spawner.oauth_client_allowed_scopes = ["read:users:name!user"]


async def options_form(spawner) -> str:
    return f'<label>Size for {spawner.user.name} <select name="size"><option>small</option></select></label>'


def options_from_form(form) -> dict:
    return {"size": form["size"][0]}


def apply_user_options(spawner, options) -> None:
    spawner.environment["SITE_SIZE"] = options.get("size", "unasked")


async def auth_state_hook(spawner, auth_state) -> None:
    spawner.environment["SITE_TEAM"] = (auth_state or {}).get("team", "none")


async def pre_spawn_hook(spawner) -> None:
    spawner.environment["SITE_HOME"] = spawner.format_string("/home of {username} below {base_url}")
    note("before", spawner)


def post_stop_hook(spawner) -> None:
    note("after", spawner)


def progress_ready_hook(spawner, event) -> dict:
    return {**event, "message": f"Welcome, {spawner.user.name}"}


if not templates:
    c.Spawner.options_form = options_form
    c.Spawner.options_from_form = options_from_form
    c.Spawner.apply_user_options = apply_user_options
c.Spawner.auth_state_hook = auth_state_hook
c.Spawner.pre_spawn_hook = pre_spawn_hook
c.Spawner.post_stop_hook = post_stop_hook
c.Spawner.progress_ready_hook = progress_ready_hook
c.Spawner.group_overrides = {
    "staff": {"groups": ["staff"], "spawner_override": {"environment": {"SITE_STAFF": "yes"}, "mem_limit": "896M"}}
}
