"""Errors in sentences of ours."""

import errno
import http.client
import socket
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from jupyternetes.hub_dependencies.failures import BROKEN, LATE, NO_ADDRESS, REFUSED, UNREACHABLE, Failure, explain

SECRET = "Canary-7f3a"


class DriverError(Exception):
    """What drivers raise: a class of their own, with a text that quotes much."""


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), REFUSED),
        (ConnectionResetError(), BROKEN),
        (socket.gaierror(-2, "Name or service not known"), NO_ADDRESS),
        (TimeoutError(), LATE),
        (OSError(errno.EHOSTUNREACH, "No route to host"), UNREACHABLE),
        (OSError(errno.EMFILE, "Too many open files"), "The connection fails with EMFILE."),
        (http.client.BadStatusLine("x"), "The answer is not HTTP."),
        (Failure("The proxy is asleep."), "The proxy is asleep."),
        (ModuleNotFoundError("No module named 'psycopg2'"), "It fails with ModuleNotFoundError."),
    ],
)
def test_error_is_explained_by_its_class(error: Exception, sentence: str) -> None:
    assert explain(error) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('connection to server at "db" (10.0.0.7), port 5432 failed: Connection refused', REFUSED),
        ('could not translate host name "db" to address: Name or service not known', NO_ADDRESS),
        ('FATAL:  password authentication failed for user "hub"', "The hub's login is refused."),
        ("(1045, \"Access denied for user 'hub'@'10.0.0.9'\")", "The hub's login is refused."),
        ("FATAL:  sorry, too many clients already", "All its connections are taken."),
        ("FATAL:  the database system is starting up", "It is starting."),
        ("FATAL:  terminating connection due to administrator command", "It is stopping."),
        ("could not extend file: No space left on device", "Its disk is full."),
        ('FATAL:  database "hub" does not exist', "It does not know the hub's database or account."),
        ("(2013, 'Lost connection to MySQL server during query')", BROKEN),
        ("timeout expired", LATE),
        # Of two addresses, what one answers says more than that the other is not there.
        ("::1: Connection refused\n127.0.0.1: FATAL: password authentication failed", "The hub's login is refused."),
    ],
)
def test_driver_is_explained_by_its_words(text: str, sentence: str) -> None:
    assert explain(OperationalError("SELECT 1", None, DriverError(text))) == sentence


def test_driver_that_says_something_new_is_explained_by_its_class() -> None:
    assert explain(OperationalError("SELECT 1", None, DriverError("out of cheese"))) == "It fails with DriverError."


def test_cause_is_found_behind_the_error() -> None:
    error = DriverError("it did not work")
    error.__cause__ = ConnectionRefusedError()

    assert explain(OperationalError("SELECT 1", None, error)) == REFUSED


def test_error_that_causes_itself_is_explained() -> None:
    error = DriverError("round and round")
    error.__cause__ = error

    assert explain(error) == "It fails with DriverError."


@given(
    before=st.text(),
    after=st.sampled_from(["", "connection refused", "does not exist", "timed out", "no password supplied", "\n"]),
    kind=st.sampled_from([DriverError, sqlite3.OperationalError, OSError, ValueError, http.client.HTTPException]),
)
def test_no_sentence_quotes_the_error(before: str, after: str, kind: type[Exception]) -> None:
    error = kind(f"{before}{SECRET}{after}")

    assert SECRET not in explain(error)
    assert SECRET not in explain(OperationalError(f"SELECT {SECRET}", SECRET, error))
