"""Configuration of the demonstration's hub: read by JupyterHub, from a ConfigMap."""

import os

from jupyternetes.hub_dependencies import tell

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - JupyterHub gives it
namespace = os.environ["NAMESPACE"]

c.JupyterHub.base_url = os.environ["BASE_URL"]
c.JupyterHub.hub_bind_url = "http://:8081"
c.JupyterHub.hub_connect_url = f"http://hub.{namespace}.svc.cluster.local:8081"
c.JupyterHub.db_url = os.environ["DATABASE_URL"]
c.JupyterHub.cookie_secret_file = "/srv/jupyterhub/data/cookie_secret"  # noqa: S105 - a path

# Servers and routes outlive the hub: it can be restarted while people work.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.cleanup_proxy = False
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://proxy-api:8001"

c.JupyterHub.spawner_class = "jupyternetes"
c.JupyternetesSpawner.instance_namespace = namespace
c.JupyternetesSpawner.template_name = os.environ["TEMPLATE_NAME"]
c.JupyternetesSpawner.template_namespace = os.environ["TEMPLATE_NAMESPACE"]
# Those that people choose from: kubectl set env deployment/hub TEMPLATES="course default-template"
c.JupyternetesSpawner.templates = os.environ.get("TEMPLATES", "").split()
# Where each of these Templates has a Service of its servers: kubectl set env deployment/hub SERVICE_ENTRY=web
c.JupyternetesSpawner.service_entry = os.environ.get("SERVICE_ENTRY", "")
c.Spawner.http_timeout = 120
# The spawner answers from its watch, without a request: asking often costs nothing and shows soon what ended.
c.Spawner.poll_interval = 5
c.JupyterHub.allow_named_servers = True
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}  # the progress page at once, not after ten seconds

# Anybody may log in under any name: with the one password, or by an OAuth provider that asks for no password. Never do
# this with a hub that others can reach.
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"admin"}
login = os.environ["LOGIN_ADDRESS"]  # of the OAuth provider, as browsers reach it; empty: there is none
if login:
    c.JupyterHub.authenticator_class = "generic-oauth"
    c.GenericOAuthenticator.login_service = "the provider of the demonstration"
    c.GenericOAuthenticator.authorize_url = f"{login}/oauth2/authorize"
    c.GenericOAuthenticator.token_url = "http://login:9400/oauth2/token"  # noqa: S105 - an address
    c.GenericOAuthenticator.userdata_url = "http://login:9400/userinfo"
    c.GenericOAuthenticator.client_id = namespace
    c.GenericOAuthenticator.client_secret = os.environ["PASSWORD"]
    c.GenericOAuthenticator.scope = ["openid"]
    c.GenericOAuthenticator.username_claim = "sub"
else:
    c.JupyterHub.authenticator_class = "dummy"
    c.DummyAuthenticator.password = os.environ["PASSWORD"]

# What the hub depends on, and whether it answers, for `jupyternetes graph`.
tell(c)
