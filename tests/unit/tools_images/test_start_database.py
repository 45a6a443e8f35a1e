"""How the database's image starts PostgreSQL: files are made once and whole. PostgreSQL is a stand-in here."""

import os
import subprocess
from pathlib import Path

import pytest

from tools.images.recipes import CHECKOUT

INITDB = """#!/bin/sh
for each; do case $each in --pgdata=*) mkdir "${each#--pgdata=}" ;; esac; done
"""
POSTGRES = """#!/bin/sh
printf '%s|' "$@" >> calls
case $1 in --single) cat > sql; [ ! -e broken ] ;; *) echo "password: ${PASSWORD-none}" ;; esac
"""


class Container:
    """A folder with PostgreSQL's programs, in which the image's script is run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "data"
        for name, program in (("initdb", INITDB), ("postgres", POSTGRES)):
            (folder / name).write_text(program)
            (folder / name).chmod(0o755)

    def start(
        self,
        name: str = "hub",
        password: str = "it is secret",  # noqa: S107
        **more: str,
    ) -> subprocess.CompletedProcess[str]:
        variables = {"PGDATA": str(self.files), "PGHOST": "/tmp", "NAME": name, "PASSWORD": password}  # noqa: S108
        return subprocess.run(
            ["sh", CHECKOUT / "images/database/start.sh", "postgres", "-c", "port=1"],
            cwd=self.folder,
            env={"PATH": f"{self.folder}:{os.environ['PATH']}", **variables, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    def sql(self) -> str:
        return (self.folder / "sql").read_text()


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path)


def test_first_start_makes_one_account_with_one_database_of_its_own(container: Container) -> None:
    started = container.start()

    assert started.returncode == 0, started.stderr
    assert "CREATE ROLE \"hub\" LOGIN PASSWORD 'it is secret';" in container.sql()
    assert 'CREATE DATABASE "hub" OWNER "hub";' in container.sql()
    assert "host sameuser all all scram-sha-256" in (container.files / "pg_hba.conf").read_text()


def test_the_server_gets_the_arguments_and_not_the_password(container: Container) -> None:
    started = container.start()

    assert started.stdout.splitlines()[-1] == "password: none"
    assert (container.folder / "calls").read_text().endswith("-c|port=1|")


def test_names_and_passwords_are_quoted(container: Container) -> None:
    container.start(name='a"b', password="it's")

    assert "CREATE ROLE \"a\"\"b\" LOGIN PASSWORD 'it''s';" in container.sql()


def test_the_account_may_be_one_that_makes_others(container: Container) -> None:
    container.start(ATTRIBUTES="CREATEDB CREATEROLE")

    assert "CREATE ROLE \"hub\" LOGIN CREATEDB CREATEROLE PASSWORD 'it is secret';" in container.sql()


def test_second_start_leaves_the_files_alone(container: Container) -> None:
    container.start()
    (container.folder / "sql").unlink()

    assert container.start(password="another").returncode == 0
    assert not (container.folder / "sql").exists()


def test_start_that_fails_leaves_nothing_for_the_next_one(container: Container) -> None:
    (container.folder / "broken").touch()
    assert container.start().returncode != 0
    assert not container.files.exists()

    (container.folder / "broken").unlink()
    assert container.start().returncode == 0
    assert container.files.is_dir()
