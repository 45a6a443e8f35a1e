"""A file lock holds between holders, and survives that its file is removed."""

import threading
from pathlib import Path

from tools.cluster.locks import file_lock


def test_second_holder_is_told_that_it_waits_and_comes_after_the_first(tmp_path: Path) -> None:
    lock, order = tmp_path / "folder" / "a.lock", list[str]()
    waits, may_leave = threading.Event(), threading.Event()

    def second() -> None:
        with file_lock(lock, on_wait=waits.set):
            order.append("second")

    thread = threading.Thread(target=second)
    with file_lock(lock):
        thread.start()
        assert waits.wait(10)
        order.append("first")
        may_leave.set()
    thread.join(10)

    assert order == ["first", "second"]


def test_lock_leaves_no_file(tmp_path: Path) -> None:
    with file_lock(tmp_path / "a.lock"):
        assert (tmp_path / "a.lock").exists()

    assert list(tmp_path.iterdir()) == []


def test_nobody_holds_a_lock_on_a_file_that_is_gone(tmp_path: Path) -> None:
    """Many holders after each other: each waiter's file is unlinked by the one before."""
    inside, most = 0, 0

    def hold() -> None:
        nonlocal inside, most
        for _ in range(50):
            with file_lock(tmp_path / "a.lock"):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert most == 1
