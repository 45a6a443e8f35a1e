"""Errors as reasons of ours."""

import errno
import http.client
import socket
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from jupyternetes.api import dependency_reasons as reasons
from jupyternetes.api.reasons import Reason
from jupyternetes.hub_dependencies.failures import Failure, explain

SECRET = "Canary-7f3a"


class DriverError(Exception):
    """What drivers raise: a class of their own, with a text that quotes much."""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), reasons.REFUSED),
        (ConnectionResetError(), reasons.BROKEN),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), reasons.NO_NAME),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), reasons.NAME_LOOKUP_FAILED),
        (TimeoutError(), reasons.NO_ANSWER),
        (OSError(errno.EHOSTUNREACH, "No route to host"), reasons.UNREACHABLE),
        (http.client.BadStatusLine("x"), reasons.NO_HTTP),
        (Failure(reasons.TOKEN_REFUSED), reasons.TOKEN_REFUSED),
    ],
)
def test_error_is_explained_by_its_class(error: Exception, reason: Reason) -> None:
    assert explain(error) == reason


@pytest.mark.parametrize(
    ("error", "name", "sentence"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "ConnectionFailed", "The connection fails with EMFILE."),
        (ModuleNotFoundError("No module named 'psycopg2'"), "OtherError", "It fails with ModuleNotFoundError."),
    ],
)
def test_error_without_a_sentence_of_its_own_names_its_kind(error: Exception, name: str, sentence: str) -> None:
    assert (explain(error).name, explain(error).sentence) == (name, sentence)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('connection to server at "db" (10.0.0.7), port 5432 failed: Connection refused', reasons.REFUSED),
        ('could not translate host name "db" to address: Name or service not known', reasons.NO_NAME),
        ("failed to resolve host 'db': [Errno -2] Name or service not known", reasons.NO_NAME),
        (
            'could not translate host name "db" to address: Temporary failure in name resolution',
            reasons.NAME_LOOKUP_FAILED,
        ),
        ("failed to resolve host 'db': [Errno -3] Temporary failure in name resolution", reasons.NAME_LOOKUP_FAILED),
        ("(2005, \"Unknown MySQL server host 'db' (-3)\")", reasons.NAME_LOOKUP_FAILED),
        ("(2005, \"Unknown MySQL server host 'db' (-2)\")", reasons.NO_NAME),
        ('FATAL:  password authentication failed for user "hub"', reasons.LOGIN_REFUSED),
        ("(1045, \"Access denied for user 'hub'@'10.0.0.9'\")", reasons.LOGIN_REFUSED),
        ("FATAL:  sorry, too many clients already", reasons.TOO_MANY_CONNECTIONS),
        ("FATAL:  the database system is starting up", reasons.STARTING_UP),
        ("FATAL:  terminating connection due to administrator command", reasons.SHUTTING_DOWN),
        ("could not extend file: No space left on device", reasons.DISK_FULL),
        ("database or disk is full", reasons.DISK_FULL),
        ("cannot execute INSERT in a read-only transaction", reasons.READ_ONLY),
        ("attempt to write a readonly database", reasons.READ_ONLY),
        ("The MySQL server is running with the --super-read-only option", reasons.READ_ONLY),
        ('FATAL:  database "hub" does not exist', reasons.UNKNOWN_DATABASE),
        ("(2013, 'Lost connection to MySQL server during query')", reasons.BROKEN),
        ("timeout expired", reasons.NO_ANSWER),
        # Of two addresses, what one answers says more than that the other is not there.
        ("::1: Connection refused\n127.0.0.1: FATAL: password authentication failed", reasons.LOGIN_REFUSED),
    ],
)
def test_driver_is_explained_by_its_words(text: str, reason: Reason) -> None:
    assert explain(OperationalError("SELECT 1", None, DriverError(text))) == reason


def test_driver_that_says_something_new_is_explained_by_its_class() -> None:
    met = explain(OperationalError("SELECT 1", None, DriverError("out of cheese")))

    assert met.sentence == "It fails with DriverError."


def test_cause_is_found_behind_the_error() -> None:
    error = DriverError("it did not work")
    error.__cause__ = ConnectionRefusedError()

    assert explain(OperationalError("SELECT 1", None, error)) == reasons.REFUSED


def test_error_that_causes_itself_is_explained() -> None:
    error = DriverError("round and round")
    error.__cause__ = error

    assert explain(error).sentence == "It fails with DriverError."


@given(
    before=st.text(),
    after=st.sampled_from(["", "connection refused", "does not exist", "timed out", "no password supplied", "\n"]),
    kind=st.sampled_from([DriverError, sqlite3.OperationalError, OSError, ValueError, http.client.HTTPException]),
)
def test_no_sentence_quotes_the_error(before: str, after: str, kind: type[Exception]) -> None:
    error = kind(f"{before}{SECRET}{after}")

    assert SECRET not in repr(explain(error))
    assert SECRET not in repr(explain(OperationalError(f"SELECT {SECRET}", SECRET, error)))
