"""Structured logs."""

import asyncio
import json
import logging

import pytest

from jupyternetes.runtime import logs

log = logging.getLogger("jupyternetes.test")


pytestmark = pytest.mark.usefixtures("restored_logging")


def test_json_lines_carry_the_fields_of_their_context(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json")

    with logs.fields(controller="pods", object="lab/a"), logs.fields(reconcile="r1"):
        log.info("made %s", "ü")
    log.debug("not shown")
    log.info("outside")

    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "info",
        "logger": "jupyternetes.test",
        "message": "made ü",
        "controller": "pods",
        "object": "lab/a",
        "reconcile": "r1",
    }
    assert "controller" not in second


@pytest.mark.parametrize("style", ["json", "text"])
def test_traceback_is_shown(capsys: pytest.CaptureFixture[str], style: str) -> None:
    logs.configure(format=style)  # type: ignore[arg-type]

    with logs.fields(object="lab/a"):
        try:
            raise ValueError("a bug")
        except ValueError:
            log.exception("failed")

    text = capsys.readouterr().err
    assert "failed" in text
    assert "lab/a" in text
    assert "ValueError: a bug" in text
    assert len(text.splitlines()) == 1 or style == "text"


def test_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="LOUD"):
        logs.configure("loud")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed"), []),
        (RuntimeError("something else"), ["Fatal error on SSL protocol"]),
    ],
)
async def test_bytes_on_a_connection_that_was_broken_off_are_no_failure(
    error: Exception, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    loop = asyncio.get_running_loop()

    logs.loop_error(loop, {"message": "Fatal error on SSL protocol", "exception": error})

    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == told
