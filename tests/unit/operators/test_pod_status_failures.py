"""What is said of a pod whose containers fail, from one moment to the next."""

from typing import Any

import pytest

from jupyternetes.api import reasons
from jupyternetes.api.core import Pod
from jupyternetes.operators.pod_status.plan import current_status, urgent_part
from tests.unit.operators.pod_story import Story, end, ended, running, seen, waiting

MESH = running("mesh")


def crashed(number: int, code: int = 3, reason: str = "Error") -> list[Pod]:
    """The moments of the server's end ``number``: down, backing off, up again."""
    last = end(code, reason)
    return [
        seen(MESH, ended("notebook", code, reason, restarts=number - 1)),
        seen(MESH, waiting("notebook", "CrashLoopBackOff", "back-off 10s", restarts=number - 1, last=last)),
        seen(MESH, running("notebook", ready=False, restarts=number, last=last)),
    ]


def failing_init(number: int, code: int = 1) -> list[Pod]:
    """The moments of the init container's end ``number``."""
    rest = [waiting("mesh", "PodInitializing"), waiting("notebook", "PodInitializing")]
    last = end(code)
    down = ended("network", code, restarts=number - 1) | {"ready": False}
    back_off = waiting("network", "CrashLoopBackOff", restarts=number - 1, last=last)
    return [
        seen(*rest, init=down),
        seen(*rest, init=back_off),
        seen(*rest, init=running("network", ready=False, restarts=number, last=last)),
    ]


@pytest.mark.parametrize(("code", "reason"), [(3, "Error"), (137, "OOMKilled"), (128, "StartError")])
def test_last_end_stays_in_sight_from_crash_to_crash_C04(code: int, reason: str) -> None:
    story = Story()

    words = [
        story.at(moment, found) for moment, found in enumerate(crashed(1, code, reason) + crashed(2, code, reason))
    ]

    assert {(each.state, each.reason, each.exit_code) for each in words} == {("Processed", "ServerRestarting", code)}
    assert {each.message for each in words} == {f"exit code {code} ({reason}) last words"}


def test_last_end_is_no_news_once_the_server_has_been_ready_for_a_minute_C04() -> None:
    story = Story()
    for moment, found in enumerate(crashed(1, 137, "OOMKilled")):
        story.at(moment, found)
    back = seen(MESH, running("notebook", restarts=1, last=end(137, "OOMKilled")), ready=True)

    first = story.at(10, back)

    assert (first.state, first.reason, first.exit_code) == ("Running", "ServerRestarting", 137)
    assert "OOMKilled" in first.message
    assert story.look_again == 60
    assert story.at(69, back).exit_code == 137
    last = story.at(70, back)
    assert (last.state, last.reason, last.message, last.exit_code) == ("Running", "", "", None)
    assert story.look_again is None


def test_readiness_that_fails_within_the_minute_begins_it_anew_C04() -> None:
    story = Story()
    story.at(0, crashed(1)[0])
    ready, unready = (
        seen(MESH, running("notebook", ready=each, restarts=1, last=end(3)), ready=each) for each in (True, False)
    )
    story.at(10, ready)
    story.at(40, unready)

    assert story.at(50, ready).exit_code == 3
    assert story.at(75, ready).exit_code == 3
    assert story.at(110, ready).exit_code is None


def test_end_that_is_out_of_sight_does_not_come_back_C04() -> None:
    story = Story()
    story.at(0, crashed(1)[0])
    ready, unready = (
        seen(MESH, running("notebook", ready=each, restarts=1, last=end(3)), ready=each) for each in (True, False)
    )
    story.at(10, ready)
    story.at(70, ready)

    assert story.at(500, unready).exit_code is None
    story.forget()
    assert story.at(600, unready).reason == "NotReady"
    assert story.at(610, ready).exit_code is None


def test_server_that_was_always_well_is_not_written_anew_by_another_process_C04() -> None:
    story = Story()
    well = seen(MESH, running("notebook"), ready=True)
    first = story.at(0, well)
    story.forget()

    assert story.at(100, well) == first
    assert story.look_again is None


def test_server_that_fails_three_times_in_one_way_ends_the_start_C05() -> None:
    story = Story()
    words = [story.at(moment, found) for moment, found in enumerate(crashed(1) + crashed(2) + crashed(3))]

    assert [reasons.lookup(each.reason).final for each in words] == [False] * 6 + [True] * 3
    assert words[-1].reason == "ServerKeepsFailing"
    assert "exit code 3 (Error) last words; ended 3 times" in words[-1].message
    assert words[-1].exit_code == 3


def test_third_failure_of_another_kind_ends_nothing_C05() -> None:
    story = Story()
    moments = crashed(1) + crashed(2, 137, "OOMKilled") + crashed(3)

    words = [story.at(moment, found) for moment, found in enumerate(moments)]

    assert not any(reasons.lookup(each.reason).final for each in words)
    assert story.at(20, crashed(4)[0]).reason == "ServerKeepsFailing"


def test_failures_between_two_looks_are_counted_C05() -> None:
    story = Story()
    story.at(0, seen(MESH, ended("notebook", 3, restarts=1, last=end(3))))

    assert story.at(1, crashed(3)[0]).reason == "ServerKeepsFailing"


def test_server_that_was_ready_once_is_restarted_for_ever_C05() -> None:
    story = Story()
    story.at(0, seen(MESH, running("notebook"), ready=True))

    words = [story.at(moment, found) for moment, found in enumerate(crashed(1) + crashed(2) + crashed(3) + crashed(4))]

    assert {each.reason for each in words} == {"ServerRestarting"}


def test_advice_for_the_kind_of_end_is_in_the_message_C04() -> None:
    story = Story()
    for number in (1, 2, 3):
        word = story.at(number, crashed(number, 137, "OOMKilled")[0])

    assert reasons.OOM_KILLED.advice in word.message


def test_init_container_that_succeeds_at_its_fourth_try_ends_nothing_C05() -> None:
    story = Story()
    tries = failing_init(1) + failing_init(2) + failing_init(3)

    words = [story.at(4.0 * moment, found) for moment, found in enumerate(tries)]

    assert {(each.reason, each.message) for each in words} == {
        ("ContainerRestarting", "Container network: exit code 1 (Error) last words")
    }
    serves = seen(MESH, running("notebook"), init=ended("network", 0, "Completed", restarts=3), ready=True)
    assert story.at(60, serves).state == "Running"


def test_init_container_that_fails_five_times_ends_the_start_C05() -> None:
    story = Story()
    words = [story.at(number, moment) for number in range(1, 6) for moment in failing_init(number)]

    assert [each.reason for each in words] == ["ContainerRestarting"] * 12 + ["ContainerKeepsFailing"] * 3
    assert "Container network: exit code 1" in words[-1].message


def test_init_container_that_keeps_failing_for_two_minutes_ends_the_start_C05() -> None:
    story = Story()
    down, backing_off, trying = failing_init(1)

    story.at(0, down)
    story.at(1, backing_off)
    assert story.look_again == 119
    assert story.at(119, trying).reason == "ContainerRestarting"
    assert story.at(125, trying).reason == "ContainerRestarting", "while it tries it may still succeed"
    assert story.at(126, failing_init(2)[0]).reason == "ContainerKeepsFailing"


def test_what_ended_the_start_is_not_taken_back_by_another_process_C05() -> None:
    story = Story()
    for number in range(1, 6):
        word = story.at(number, failing_init(number)[0])
    story.forget()

    assert story.at(7, failing_init(4)[2]) == word

    creating = seen(waiting("mesh", "ContainerCreating"), waiting("notebook", "ContainerCreating"))
    assert story.at(8, creating).reason == "ContainerCreating", "unless waiting did help"


def test_helper_that_failed_for_good_ends_the_start_C05() -> None:
    story = Story()

    word = story.at(0, seen(ended("mesh", 1), running("notebook"), spec={"restartPolicy": "Never"}))

    assert word.reason == "ContainerKeepsFailing"
    assert "Container mesh: exit code 1" in word.message


def test_helper_that_fails_beside_a_server_that_was_ready_ends_nothing_C05() -> None:
    story = Story()
    story.at(0, seen(MESH, running("notebook"), ready=True))

    word = story.at(1, seen(ended("mesh", 1), running("notebook"), spec={"restartPolicy": "Never"}))

    assert (word.reason, reasons.lookup(word.reason).final) == ("NotReady", False)
    assert "Container mesh ended" in word.message


NOT_FOUND = "failed to resolve reference: none: not found"
BUSY = "unexpected status: 429 Too Many Requests"


def pulling(cause: str, *, init: bool = False) -> list[Pod]:
    """A pull that fails, and the back-off after it, which does not say why."""

    def moment(reason: str, message: str) -> Pod:
        if init:
            rest = [waiting("mesh", "PodInitializing"), waiting("notebook", "PodInitializing")]
            return seen(*rest, init=waiting("network", reason, message))
        return seen(MESH, waiting("notebook", reason, message))

    return [moment("ErrImagePull", cause), moment("ImagePullBackOff", 'Back-off pulling image "none"')]


@pytest.mark.parametrize("init", [False, True])
def test_image_that_is_not_there_ends_the_start_at_the_second_pull_C06(init: bool) -> None:
    story = Story()
    moments = pulling(NOT_FOUND, init=init) * 2

    words = [story.at(5.0 * moment, found) for moment, found in enumerate(moments)]

    assert [each.reason for each in words] == ["ErrImagePull", "ImagePullBackOff"] + ["ImagePullFailed"] * 2
    assert all(NOT_FOUND in each.message for each in words), "also where the back-off does not quote it"
    assert all(("Container network: " in each.message) is init for each in words)


def test_registry_that_is_busy_ends_nothing_for_two_minutes_C06() -> None:
    story = Story()
    moments = pulling(BUSY) * 6

    words = [story.at(20.0 * moment, found) for moment, found in enumerate(moments[:6])]

    assert not any(reasons.lookup(each.reason).final for each in words)
    assert story.look_again == 20
    assert story.at(120, moments[6]).reason == "ImagePullFailed"


def test_registry_that_serves_in_the_end_ends_nothing_C06() -> None:
    story = Story()
    for moment, found in enumerate(pulling(BUSY) * 2):
        story.at(10.0 * moment, found)

    assert story.at(50, seen(MESH, running("notebook"), ready=True)).state == "Running"


def test_refusal_after_a_busy_registry_counts_from_its_own_first_C06() -> None:
    story = Story()
    moments = pulling(BUSY) + pulling(NOT_FOUND) + pulling(NOT_FOUND)

    words = [story.at(5.0 * moment, found) for moment, found in enumerate(moments)]

    assert [reasons.lookup(each.reason).final for each in words] == [False] * 4 + [True] * 2


def test_back_off_whose_pull_was_never_seen_counts_as_one_C06() -> None:
    quoting = seen(MESH, waiting("notebook", "ImagePullBackOff", f"Back-off pulling image: ErrImagePull: {NOT_FOUND}"))
    story = Story()

    assert story.at(0, quoting).reason == "ImagePullBackOff"
    assert story.at(5, pulling(NOT_FOUND)[0]).reason == "ImagePullFailed"


@pytest.mark.parametrize(
    "moments",
    [
        [moment for number in range(1, 4) for moment in crashed(number)],
        [moment for number in range(1, 6) for moment in failing_init(number)],
        pulling(NOT_FOUND) * 2,
    ],
)
def test_what_ends_a_start_is_written_at_once_and_the_way_there_is_not_B52(moments: list[Any]) -> None:
    story = Story()
    urgent: list[bool] = []
    for moment, found in enumerate(moments):
        before = story.known
        story.at(5.0 * moment, found)
        assert story.said is not None
        now_final = reasons.lookup(story.said.pods["notebook"].reason).final
        was_final = reasons.lookup(before.status.pods["notebook"].reason).final
        changed = urgent_part(before, story.said) != urgent_part(before, current_status(before))
        assert changed is (now_final and not was_final)
        urgent.append(changed)
    assert sum(urgent) == 1
