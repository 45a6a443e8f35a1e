"""What the parts of the demonstration are called, and how a run of it may differ."""

from dataclasses import dataclass
from pathlib import Path

from tools.demo.errors import DemoError

CHECKOUT = Path(__file__).resolve().parents[2]
RELEASE = "jupyternetes"
NAMESPACE = "kadense"
PASSWORD = "jupyternetes"  # noqa: S105 - shown to whoever starts the demonstration
SCREENSHOTS = CHECKOUT / "build" / "demo" / "screenshots"


@dataclass(frozen=True, kw_only=True)
class HubSettings:
    """One hub. Its servers live in its own namespace, their Template in the release's."""

    namespace: str = NAMESPACE
    base_url: str = "/"
    providers: bool = False
    """Whether database and login are services in pods of their own: PostgreSQL in place of a file of SQLite, an OAuth
    provider in place of one password for everybody."""

    def __post_init__(self) -> None:
        if not (self.base_url.startswith("/") and self.base_url.endswith("/")):
            raise DemoError(f"base URL {self.base_url!r}: it begins and ends with a slash, as in /jh/")


@dataclass(frozen=True, kw_only=True)
class ImageNames:
    """The images by the names that the cluster knows."""

    operators: str
    hub: str
    notebook: str
    database: str = ""
    login: str = ""
    """This and the database: only where a hub has providers."""
