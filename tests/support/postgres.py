"""A real PostgreSQL as a process of this machine, which tests start, stop, freeze and ask."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

import psycopg
from psycopg import sql

from tests.support.waiting import eventually
from tools.cluster import Steps
from tools.cluster.layout import free_ports
from tools.cluster.packages import ensure_packages

HOST: Final = "127.0.0.1"
#: The account of the operator of databases, which may make accounts and databases and nothing else.
ACCOUNT: Final = "operator"
PASSWORD: Final = "s3cret of the operator"
_NOBODY: Final = 65534  # PostgreSQL refuses to run as root


class Postgres:
    """PostgreSQL at ``HOST`` and ``port``, set up as in the database's image; use it as a context manager."""

    def __init__(self, steps: Steps) -> None:
        self._programs = _programs(steps)
        self._folder = Path(tempfile.mkdtemp(prefix="jupyternetes-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None
        (self.port,) = free_ports(1)

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            os.chown(self._folder, _NOBODY, _NOBODY)
        self._run(
            *("initdb", f"--pgdata={self._data}", "--username=postgres", "--no-sync", "--no-instructions"),
            *("--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"),
        )
        (self._data / "pg_hba.conf").write_text("local all all trust\nhost sameuser all all scram-sha-256\n")
        self.start()
        with self.connect() as administrator:
            make = sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}")
            administrator.execute(make.format(sql.Identifier(ACCOUNT), PASSWORD))
            administrator.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(ACCOUNT)))
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; returns when it can be asked."""
        options = (f"-p{self.port}", f"-k{self._folder}", "-F", "-c", "log_statement=all")
        command = self._command("postgres", "-D", str(self._data), *options)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

        def answers() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, self.log
            try:
                self.connect().close()
            except psycopg.OperationalError:
                return False
            return True

        eventually(answers)

    def stop(self) -> None:
        """End it and its connections; what it keeps stays."""
        if self._process is not None and self.runs:
            self.thaw()
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)

    def freeze(self) -> None:
        """Connections are accepted by the kernel from now on, and nobody answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """As its administrator."""
        return psycopg.connect(
            host=str(self._folder), port=self.port, user="postgres", dbname="postgres", autocommit=True
        )

    def databases(self) -> set[str]:
        """The names of those that are there beyond its own and the operator's."""
        with self.connect() as administrator:
            rows = administrator.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall()
        return {name for (name,) in rows} - {"postgres", ACCOUNT}

    def accounts(self) -> set[str]:
        """The names of those that may log in, beyond the administrator and the operator."""
        with self.connect() as administrator:
            rows = administrator.execute("SELECT rolname FROM pg_roles WHERE rolcanlogin").fetchall()
        return {name for (name,) in rows} - {"postgres", ACCOUNT}

    def somebody_waits(self) -> bool:
        """Whether a statement waits for a lock."""
        with self.connect() as administrator:
            return administrator.execute("SELECT FROM pg_locks WHERE NOT granted").fetchone() is not None

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    @property
    def environment(self) -> dict[str, str]:
        """How its own library is told where it is, and who asks."""
        return {"PGHOST": HOST, "PGPORT": str(self.port), "PGUSER": ACCOUNT, "PGPASSWORD": PASSWORD}

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _command(self, program: str, *arguments: str) -> Sequence[str]:
        identity = [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
        return ["setpriv", *identity, "--pdeathsig=KILL", str(self._programs / program), *arguments]

    def _run(self, program: str, *arguments: str) -> None:
        answer = subprocess.run(self._command(program, *arguments), capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr


def _programs(steps: Steps) -> Path:
    """The folder of PostgreSQL's programs, of the newest release that the machine has; installed if it has none."""

    def found() -> list[Path]:
        folders = Path("/usr/lib/postgresql").glob("*/bin")
        return sorted((each for each in folders if (each / "initdb").exists()), key=lambda each: int(each.parent.name))

    if not found():
        ensure_packages(["postgresql"], steps, purpose="tests with PostgreSQL")
    return found()[-1]
