"""Configuration of the demonstration's hub: read by JupyterHub, from a ConfigMap."""

import os

c = get_config()  # noqa: F821 - JupyterHub gives it
namespace = os.environ["NAMESPACE"]

c.JupyterHub.base_url = os.environ["BASE_URL"]
c.JupyterHub.hub_bind_url = "http://:8081"
c.JupyterHub.hub_connect_url = f"http://hub.{namespace}.svc.cluster.local:8081"
c.JupyterHub.db_url = "sqlite:////srv/jupyterhub/data/jupyterhub.sqlite"
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
c.Spawner.http_timeout = 120
# The spawner answers from its watch, without a request: asking often costs nothing and shows soon what ended.
c.Spawner.poll_interval = 5
c.JupyterHub.allow_named_servers = True
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}  # the progress page at once, not after ten seconds

# Anybody may log in under any name with the one password. Never do this with a hub that others can reach.
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = os.environ["PASSWORD"]
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"admin"}
