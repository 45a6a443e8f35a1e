"""A build leaves a whole program or none."""

from pathlib import Path

import pytest

from tools.cluster import go, versions
from tools.cluster.errors import ClusterError
from tools.cluster.programs import PROGRAMS

FAKE = """#!/bin/sh
echo "$@" >> {log}
case "$1" in
  build) echo some/package; {build} ;;
esac
"""


def fake_go(folder: Path, build: str) -> Path:
    toolchain = folder / "go"
    toolchain.write_text(FAKE.format(log=folder / "calls", build=build))
    toolchain.chmod(0o755)
    return toolchain


def test_program_appears_when_it_is_complete_and_nothing_else_stays(tmp_path: Path) -> None:
    toolchain = fake_go(tmp_path, "echo whole > etcd")
    destination, details = tmp_path / "bin" / "etcd-1" / "etcd", list[str]()

    go.build(PROGRAMS["etcd"], destination, toolchain=toolchain, detail=details.append)

    assert destination.read_text() == "whole\n"
    assert [path.name for path in (tmp_path / "bin").iterdir()] == ["etcd-1"]
    assert details == ["some/package"]
    calls = (tmp_path / "calls").read_text()
    assert f"get go.etcd.io/etcd/server/v3@v{versions.ETCD}\n" in calls


def test_failed_build_says_what_go_said_and_leaves_no_program(tmp_path: Path) -> None:
    toolchain = fake_go(tmp_path, "echo partly > etcd; echo no space left; exit 1")
    destination = tmp_path / "bin" / "etcd-1" / "etcd"

    with pytest.raises(ClusterError, match=r"building etcd failed: go build .*\n  some/package\n  no space left"):
        go.build(PROGRAMS["etcd"], destination, toolchain=toolchain, detail=lambda line: None)

    assert not destination.exists()


def test_the_files_of_a_module_lie_where_go_says(tmp_path: Path) -> None:
    toolchain = tmp_path / "go"
    toolchain.write_text(f"""#!/bin/sh
case "$*" in
  "mod download -json example.org/kinds@v1.2.3") echo '{{"Dir": "{tmp_path}/kinds@v1.2.3"}}' ;;
esac
""")
    toolchain.chmod(0o755)

    assert go.download_module("example.org/kinds", "1.2.3", toolchain=toolchain) == tmp_path / "kinds@v1.2.3"


def test_a_module_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    toolchain = tmp_path / "go"
    toolchain.write_text('#!/bin/sh\n[ "$2" = init ] || { echo not available >&2; exit 1; }\n')
    toolchain.chmod(0o755)

    with pytest.raises(ClusterError, match=r"fetching example.org/kinds failed: go mod .*@v1.2.3: not available"):
        go.download_module("example.org/kinds", "1.2.3", toolchain=toolchain)


@pytest.mark.parametrize(
    ("version", "fits"),
    [("go1.26", False), ("go1.26.3", False), ("go1.26.4", True), ("go1.27", True), ("devel", False)],
)
def test_old_go_of_the_machine_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, fits: bool
) -> None:
    toolchain = tmp_path / "go"
    toolchain.write_text(f"#!/bin/sh\necho {version}\n")
    toolchain.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert (go.find_toolchain() is not None) is fits
