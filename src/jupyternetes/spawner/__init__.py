"""JupyterHub's side: a spawner that asks for servers with Instances and never touches pods, volumes or Secrets it made.

It knows the kinds of ``jupyternetes.api`` and talks through ``jupyternetes.runtime``; it knows no operators. What an
operator has to tell the hub stands in the Instance's status.
"""

from jupyternetes.spawner.spawner import JupyternetesSpawner

__all__ = ["JupyternetesSpawner"]
