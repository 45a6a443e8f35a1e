"""The hub's database: which row a server's token is in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from jupyterhub import orm

from jupyternetes.spawner.hub import database
from tests.unit.spawner.hubs import Hubs


@contextmanager
def statements(db: Any) -> Iterator[list[str]]:
    """The SQL that is sent meanwhile."""
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.append(statement)

    sqlalchemy.event.listen(db.get_bind(), "before_cursor_execute", note)
    yield seen
    sqlalchemy.event.remove(db.get_bind(), "before_cursor_execute", note)


def test_token_is_found_among_those_that_begin_alike_with_one_narrow_query(hubs: Hubs, db: Any) -> None:
    user = hubs.user()
    for each in ("same-first", "same-second", "same-third", "other"):
        user.new_api_token(token=f"{each}-0123456789", note="n")
    expected = orm.APIToken.find(db, "same-second-0123456789").id
    orm_spawner = hubs.spawner().orm_spawner
    db.commit()
    assert orm_spawner.user_id

    with statements(db) as sent:
        assert database.token_row(orm_spawner, "same-second-0123456789")[0] == expected
    (asked,) = (each for each in sent if "api_tokens" in each)
    assert "scopes" not in asked


def test_token_that_is_not_there_has_no_row(hubs: Hubs) -> None:
    orm_spawner = hubs.spawner().orm_spawner

    assert database.token_row(orm_spawner, "") == (None, "")
    assert database.token_row(orm_spawner, "nobodys-0123456789") == (None, "")
