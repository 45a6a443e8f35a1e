"""The hub says itself what it depends on, and whether that answers: one line in ``jupyterhub_config.py``, any spawner.

JupyterHub's own pages cannot say it. ``/hub/health`` answers as long as the process lives, also with a dead database.
``/hub/metrics`` looks its token up in the database: it answers 403 when that is dead, and nothing when it hangs.
https://jupyterhub.readthedocs.io/en/stable/reference/monitoring.html
"""

from jupyternetes.hub_dependencies.teller import tell

__all__ = ["tell"]
