"""What somebody typed, for as long as one request of theirs is answered.

JupyterHub throws away what it was sent when it refuses a form, and asks for a new form: for a named server even the
spawner of the default one. Whoever draws that form finds here what it has to be filled with.
https://github.com/jupyterhub/jupyterhub/blob/6.1.1/jupyterhub/handlers/pages.py
"""

from contextvars import ContextVar
from dataclasses import dataclass

from jupyternetes.options.choose import Refused
from jupyternetes.options.given import Options


@dataclass(slots=True)
class Draft:
    """`refused`: why it cannot be started; None while no fault was found. `notice`: a sentence on where it is from."""

    options: Options
    refused: Refused | None = None
    notice: str = ""


_of_request: ContextVar[list[Draft] | None] = ContextVar("draft", default=None)


def begin() -> list[Draft]:
    """Where the draft of the request that is being answered is to be put, by this task or those that it begins.

    Each request is answered by a task of its own.
    """
    place: list[Draft] = []
    _of_request.set(place)
    return place


def current() -> Draft | None:
    """What the request that is being answered brought."""
    place = _of_request.get()
    return place[-1] if place else None
