"""The base image takes packages from where the machine's apt takes the distribution's own."""

import pytest

from tools.images.base import bootstrap_command
from tools.images.errors import ImageError
from tools.images.sources import parse_index_targets, release

MAIN = "http://mirror.example/debian/|bookworm|main|Debian"
UPDATES = "http://mirror.example/debian/|bookworm-updates|main|Debian"
SECURITY = "http://mirror.example/security/|bookworm-security|main|Debian"


def test_release_updates_and_security_become_sources() -> None:
    assert parse_index_targets(f"{MAIN}\n{UPDATES}\n{SECURITY}\n", "bookworm") == [
        "deb http://mirror.example/debian/ bookworm main",
        "deb http://mirror.example/debian/ bookworm-updates main",
        "deb http://mirror.example/security/ bookworm-security main",
    ]


def test_components_of_one_suite_share_a_line_once_each() -> None:
    universe = MAIN.replace("|main|", "|universe|")

    assert parse_index_targets(f"{MAIN}\n{universe}\n{MAIN}\n", "bookworm") == [
        "deb http://mirror.example/debian/ bookworm main universe"
    ]


@pytest.mark.parametrize(
    "foreign",
    ["https://third.example/|bookworm|main|Third Party", "http://mirror.example/debian/|trixie|main|Debian"],
    ids=["third party", "other release"],
)
def test_foreign_sources_stay_out(foreign: str) -> None:
    assert parse_index_targets(f"{foreign}\n{MAIN}\n", "bookworm") == [
        "deb http://mirror.example/debian/ bookworm main"
    ]


@pytest.mark.parametrize("output", ["", "http://mirror.example/debian/|bookworm|main|\n", SECURITY])
def test_there_are_no_sources_without_the_release_itself(output: str) -> None:
    assert parse_index_targets(output, "bookworm") == []


def test_machine_without_a_release_is_told_of_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": "arch"})

    with pytest.raises(ImageError, match="Docker"):
        release()


def test_what_the_machine_lent_to_the_base_is_removed(tmp_path) -> None:
    command = bootstrap_command(tmp_path / "base.tar", "bookworm", ["deb x bookworm main"])

    (hook,) = [option for option in command if option.startswith("--customize-hook=")]
    assert [path for path in ("sources.list", "resolv.conf", "hostname") if path not in hook] == []
    assert command[-3:] == ["bookworm", str(tmp_path / "base.tar"), "deb x bookworm main"]
