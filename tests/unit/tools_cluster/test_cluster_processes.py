"""Processes of a cluster are found by their mark, and only they are ended."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.cluster import processes
from tools.cluster.errors import ClusterError

SLEEP = ["/bin/sleep", "1000"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    processes.kill(processes.find(tmp_path))


def spawn(folder: Path, component: str, command: list[str] = SLEEP) -> None:
    processes.spawn(folder, component, command, log=folder / f"{component}.log")


def wait_for_log(folder: Path, component: str, text: str) -> None:
    log = folder / f"{component}.log"
    processes.wait_until(lambda: text in log.read_text(), what=text, timeout=10, alive=lambda: None)


def test_started_process_is_found_by_folder_and_component(folder: Path) -> None:
    spawn(folder, "etcd")

    found = processes.find_component(folder, "etcd")

    assert found is not None
    assert Path(f"/proc/{found.pid}/cmdline").read_bytes().startswith(b"/bin/sleep\0")
    assert os.getsid(found.pid) == found.pid
    assert [process.component for process in processes.find(folder)] == ["etcd"]


def test_process_of_another_cluster_is_not_found(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    spawn(folder, "etcd")

    assert processes.find(tmp_path_factory.mktemp("other")) == []
    assert processes.find_component(folder, "kubelet") is None


def test_child_that_outlives_its_component_is_found_but_is_not_the_component(folder: Path) -> None:
    spawn(folder, "containerd", ["/bin/sh", "-c", "sleep 1000 & echo started; wait"])
    wait_for_log(folder, "containerd", "started")
    parent = processes.find_component(folder, "containerd")
    assert parent is not None

    processes.kill([parent])

    assert processes.find_component(folder, "containerd") is None
    (child,) = processes.find(folder)
    assert child.component == "containerd"
    processes.kill([child])
    assert processes.find(folder) == []


def test_process_that_ended_by_itself_is_not_found_and_takes_no_signal(folder: Path) -> None:
    spawn(folder, "etcd")
    process = processes.find_component(folder, "etcd")
    assert process is not None
    os.kill(process.pid, 9)

    assert process.wait_gone(10)
    assert processes.find(folder) == []
    assert not process.send(processes.signal.SIGTERM)


def test_pid_that_now_means_another_process_takes_no_signal(folder: Path) -> None:
    with subprocess.Popen(SLEEP) as bystander:
        stale = processes.Marked(bystander.pid, "etcd", started=1, is_leader=True)

        assert not stale.send(processes.signal.SIGKILL)
        assert stale.wait_gone(0)
        assert bystander.poll() is None
        bystander.kill()


def test_frozen_process_is_stopped(folder: Path) -> None:
    spawn(folder, "etcd")
    process = processes.find_component(folder, "etcd")
    assert process is not None
    process.send(processes.signal.SIGSTOP)

    processes.stop([process])

    assert processes.find(folder) == []


def test_process_that_ignores_sigterm_is_killed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_TERM_SECONDS", 0.2)
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(99)"
    )
    spawn(folder, "etcd", [sys.executable, "-c", script])
    wait_for_log(folder, "etcd", "deaf")

    processes.stop(processes.find(folder))

    assert processes.find(folder) == []


def test_waiting_ends_when_it_has_become_pointless() -> None:
    def dead() -> None:
        raise ClusterError("etcd ended")

    with pytest.raises(ClusterError, match="etcd ended"):
        processes.wait_until(lambda: False, what="etcd is ready", timeout=60, alive=dead)


def test_waiting_too_long_names_what_was_waited_for() -> None:
    with pytest.raises(ClusterError, match="etcd is ready: not within 0 s"):
        processes.wait_until(lambda: False, what="etcd is ready", timeout=0, alive=lambda: None)
