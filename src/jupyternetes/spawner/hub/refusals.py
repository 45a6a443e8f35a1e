"""Refusing a start so that JupyterHub shows the user why.

JupyterHub counts what it does not expect as its own failure and, with ``consecutive_failure_limit``, restarts itself
over it. A template with a mistake is no failure of the hub, so refusals are answers below 500.
https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html#exception-handling
"""

# JupyterHub has no types.
# pyright: reportUnknownVariableType=false, reportAttributeAccessIssue=false, reportMissingTypeStubs=false
from html import escape

from tornado.web import HTTPError

from jupyternetes.api import reasons
from jupyternetes.api.reasons import Reason
from jupyternetes.runtime.errors import ApiError, ConfigurationError, Forbidden, Invalid, NotFound, Unauthorized

try:
    from jupyterhub.spawner import SpawnException
except ImportError:  # JupyterHub 5 knows HTTPError only
    SpawnException = None

_STATUS = 400


def refusal(reason: str, sentence: str, detail: str = "", advice: str = "") -> HTTPError:
    """The exception to raise. ``reason`` is one word, a label of the hub's metrics; the texts are for people."""
    parts = [part for part in (sentence, detail, advice) if part]
    message = " ".join(parts)
    if SpawnException is None:
        error = HTTPError(_STATUS, message)
    else:
        error = SpawnException(message, reason=reason, status_code=_STATUS)
    # The progress stream prefers these attributes to str(), which would begin with status and class name.
    vars(error)["jupyterhub_message"] = message
    vars(error)["jupyterhub_html_message"] = "<br>".join(escape(part) for part in parts)
    return error


def reasoned(reason: Reason, detail: str = "") -> HTTPError:
    """A refusal for a reason of the table; ``detail`` is what the operators say beyond it."""
    advice = "" if reason.advice in detail else reason.advice
    return refusal(reason.name, reason.sentence, "" if detail == reason.sentence else detail, advice)


def message_of(error: HTTPError) -> str:
    """What a refusal tells its user."""
    return str(getattr(error, "jupyterhub_message", "") or error.log_message or error)


def configuration_refusal(error: ConfigurationError) -> HTTPError:
    """A refusal for a hub that does not know its cluster."""
    advice = "Run the hub in the cluster, or name a kubeconfig file in c.JupyternetesSpawner.kubeconfig."
    return refusal("configuration", "The hub cannot reach a cluster.", str(error), advice)


def api_refusal(error: ApiError) -> HTTPError | None:
    """A refusal for an answer of the API server, or None if trying again may help."""
    match error:
        case Forbidden() if error.quota:
            return reasoned(reasons.QUOTA_EXCEEDED, str(error))
        case Forbidden():
            advice = "Give the hub's service account its role in this namespace, or read what the policy wants."
            return refusal(reasons.FORBIDDEN.name, "The cluster does not allow the hub to do this.", str(error), advice)
        case NotFound():
            advice = "Check the spawner's instance_namespace, and that Jupyternetes' CRDs are installed."
            return refusal("NotFound", "The cluster has no place for this server.", str(error), advice)
        case Unauthorized():
            advice = "Check the hub's service account or kubeconfig."
            return refusal("Unauthorized", "The cluster does not accept the hub's credentials.", str(error), advice)
        case Invalid():
            return reasoned(reasons.REJECTED, str(error))
        case _:
            return None
