"""Refusing a start so that JupyterHub shows the user why.

JupyterHub counts what it does not expect as its own failure and, with ``consecutive_failure_limit``, restarts itself
over it. A template with a mistake is no failure of the hub, so refusals are answers below 500.
https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html#exception-handling
"""

# JupyterHub has no types.
# pyright: reportUnknownVariableType=false, reportAttributeAccessIssue=false, reportMissingTypeStubs=false
from html import escape

from tornado.web import HTTPError

from jupyternetes.api.answers import reason_of
from jupyternetes.api.reasons import Reason
from jupyternetes.runtime.errors import ApiError

try:
    from jupyterhub.spawner import SpawnException
except ImportError:  # JupyterHub 5 knows HTTPError only
    SpawnException = None

_STATUS = 400


def refusal(reason: Reason, detail: str = "") -> HTTPError:
    """The exception to raise for a reason of the table; ``detail`` is what there is to say beyond it."""
    advice = "" if reason.advice in detail else reason.advice
    parts = [part for part in (reason.sentence, "" if detail == reason.sentence else detail, advice) if part]
    message = " ".join(parts)
    if SpawnException is None:
        error = HTTPError(_STATUS, message)
    else:
        error = SpawnException(message, reason=reason.name, status_code=_STATUS)
    # The progress stream prefers these attributes to str(), which would begin with status and class name.
    vars(error)["jupyterhub_message"] = message
    vars(error)["jupyterhub_html_message"] = "<br>".join(escape(part) for part in parts)
    return error


def message_of(error: HTTPError) -> str:
    """What a refusal tells its user."""
    return str(getattr(error, "jupyterhub_message", "") or error.log_message or error)


def api_refusal(error: ApiError) -> HTTPError | None:
    """A refusal for an answer of the API server, or None if trying again may help."""
    reason = reason_of(error)
    return None if reason is None else refusal(reason, str(error))
