"""What a hub of the demonstration may depend on: PostgreSQL and an OAuth provider, made from providers.yaml."""

from pathlib import Path
from string import Template

import yaml

from tools.demo.kubectl import Kubectl
from tools.demo.release import wait_ready
from tools.demo.settings import ImageNames

#: As the hub reaches it; the password is in the Secret `hub`.
DATABASE_URL = "postgresql+psycopg://jupyterhub@postgres:5432/jupyterhub"
_LOGIN_PORT = 9400


def deploy(kubectl: Kubectl, images: ImageNames) -> str:
    """Make both, or bring them up to date, and wait until they serve. The Secret `hub` has to be there.

    Returns the address of the OAuth provider for browsers on this machine, which know no names of the cluster. Raises
    DemoError if one does not get ready.
    """
    kubectl.apply(manifests(kubectl.namespace, images))
    wait_ready(kubectl, "app=jupyterhub,component in (postgres, login)")
    return f"http://{kubectl.get('service', 'login')['spec']['clusterIP']}:{_LOGIN_PORT}"


def manifests(namespace: str, images: ImageNames) -> list[dict[str, object]]:
    """Their objects."""
    text = Template(Path(__file__).with_name("providers.yaml").read_text())
    return list(
        yaml.safe_load_all(
            text.substitute(namespace=namespace, database_image=images.database, login_image=images.login)
        )
    )
