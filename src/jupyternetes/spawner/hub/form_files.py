"""How do the script and the style sheet of the options form get to a browser? The hub serves them itself.

JupyterHub has no place for files of a spawner, and a site should not have to set anything for them. So their handler
joins the hub's application when the first form is asked for.
"""

# JupyterHub has no types.
# pyright: reportUnknownVariableType=false, reportMissingTypeStubs=false
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from jupyterhub.handlers.static import CacheControlStaticFilesHandler
from tornado.web import Application, RequestHandler

from jupyternetes.options.page import ASSETS, SCRIPT, STYLESHEET

_FOLDER: Final = "jupyternetes/"
_SERVED: Final = "jupyternetes_form_files"


@dataclass(frozen=True, slots=True)
class FormFiles:
    """Addresses of the files, as `draw` takes them."""

    script: str
    stylesheet: str


def form_files(prefix: str, handler: RequestHandler | None) -> FormFiles:
    """Where the hub, whose pages begin with `prefix`, serves the files from now on.

    `handler`: of the request that asks for the form; None where JupyterHub does not tell it, as after a form that was
    refused. The files are there then if any form was asked for since the hub began; the form works without them.
    """
    if handler is not None:
        _serve(handler.application, prefix)
    return FormFiles(_address(prefix, SCRIPT), _address(prefix, STYLESHEET))


def _serve(application: Application, prefix: str) -> None:
    if _SERVED in application.settings:
        return
    names = "|".join(map(re.escape, (SCRIPT, STYLESHEET)))
    path = f"{re.escape(prefix + _FOLDER)}({names})"
    application.add_handlers(".*", [(path, CacheControlStaticFilesHandler, {"path": str(ASSETS)})])
    application.settings[_SERVED] = True


@cache
def _address(prefix: str, name: str) -> str:
    """With a part that changes with the file, so that browsers keep the file and yet never show an old one."""
    version = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:16]
    return f"{prefix}{_FOLDER}{name}?v={version}"
