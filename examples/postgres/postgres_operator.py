"""Gives each PostgresDatabase a database in a PostgreSQL server, with an account of its own.

PGHOST, PGPORT, PGUSER and PGPASSWORD say where PostgreSQL is, for servers too, and which account may make others there
(CREATEDB, CREATEROLE); its pg_hba.conf lets each account into the database of its own name only ("sameuser"). All
passwords follow from PASSWORD_KEY, a secret of this operator: each can be made again, and no right to read Secrets is
needed. A database lives as long as its object, and is dropped with it.
"""

import asyncio
import hmac
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import LiteralString

import psycopg
from psycopg.sql import SQL, Identifier

from jupyternetes.runtime.errors import AlreadyExists
from jupyternetes.sdk import Cluster, Kind, NotYet, Object, resource, run

HOST, PORT = os.environ.get("PGHOST", "localhost"), os.environ.get("PGPORT", "5432")
SECRET = Kind("v1", "Secret", "secrets")

Postgres = psycopg.AsyncConnection[tuple[object, ...]]


@resource(
    "postgres.example.org/v1", "PostgresDatabase", "postgresdatabases", needs={SECRET: ["create"]}, again_after=60
)
async def database(asked: Object, cluster: Cluster) -> dict[str, object]:
    """Make the database, or what is missing of it; the answer becomes the object's status."""
    name, password = database_name(asked), password_of(asked)
    async with postgres() as server:
        await make(server, name, password, connections=asked.spec["connections"])
    metadata = {"name": f"{asked.metadata.name}-app", "ownerReferences": [asked.owner_reference]}
    with suppress(AlreadyExists):
        await cluster.create(
            SECRET, asked.metadata.namespace, {"metadata": metadata, "stringData": {"password": password}}
        )
    return {"host": HOST, "port": PORT, "database": name}


@database.deleted
async def drop(asked: Object, cluster: Cluster) -> None:
    """Drop the database, whoever is still connected to it, and its account."""
    name = Identifier(database_name(asked))
    async with postgres() as server:
        await server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        await server.execute(SQL("DROP ROLE IF EXISTS {}").format(name))


async def make(server: Postgres, name: str, password: str, *, connections: int) -> None:
    """Each step may have been made before: this operator may have been killed after any of them."""
    quoted = Identifier(name)
    if not await there(server, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
        await server.execute(SQL("CREATE ROLE {}").format(quoted))
    # As a hash, since PostgreSQL may write statements into its log.
    hashed = server.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    change = SQL("ALTER ROLE {} LOGIN PASSWORD {} CONNECTION LIMIT {}")
    await server.execute(change.format(quoted, hashed, connections))
    # Only who is a member of an account may give it a database, or drop that one.
    await server.execute(SQL("GRANT {} TO CURRENT_USER").format(quoted))
    if not await there(server, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        await server.execute(SQL("CREATE DATABASE {} OWNER {}").format(quoted, quoted))
    await server.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(quoted))


async def there(server: Postgres, query: LiteralString, name: str) -> bool:
    return await (await server.execute(query, [name])).fetchone() is not None


def database_name(asked: Object) -> str:
    """Of the database and its account. Objects of another time or namespace may have the same name, but not the uid."""
    return f"server_{asked.metadata.uid.replace('-', '')}"


def password_of(asked: Object) -> str:
    subject = f"{asked.metadata.namespace}/{asked.metadata.name}"
    return hmac.digest(os.environ["PASSWORD_KEY"].encode(), subject.encode(), "sha256").hex()


@asynccontextmanager
async def postgres() -> AsyncGenerator[Postgres]:
    """A connection for a few seconds. What PostgreSQL says when it fails is told to whoever waits."""
    try:
        connecting = Postgres.connect(host=HOST, autocommit=True, connect_timeout=5)
        async with asyncio.timeout(10), await connecting as server:
            yield server
    except (psycopg.Error, TimeoutError) as error:
        words = (str(error) or "no answer in time").splitlines()[0]
        raise NotYet(f"PostgreSQL at {HOST}: {words}", reason="PostgresFails", again_after=5) from error


if __name__ == "__main__":
    run(database, name="postgres-operator")
