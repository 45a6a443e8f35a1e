"""How a token becomes the header of a request, and what a pod does without."""

import subprocess
import sys
from pathlib import Path

import pytest

from jupyternetes.runtime.authorization import TokenFile


def test_token_is_read_again_after_a_minute(tmp_path: Path) -> None:
    now, path = 0.0, tmp_path / "token"
    path.write_text("old\n")
    read = TokenFile(path, lambda: now)
    path.write_text("new\n")

    assert read() == "Bearer old"
    now = 60.0
    assert read() == "Bearer new"


def test_file_without_a_token_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("\n")

    with pytest.raises(ValueError, match="token is empty"):
        TokenFile(tmp_path / "token")


@pytest.mark.parametrize(
    "module", ["jupyternetes.cli.operator_work", "jupyternetes.graph.serve.service", "jupyternetes.spawner"]
)
def test_what_runs_in_a_pod_starts_without_the_official_client(module: str) -> None:
    code = f"import sys, {module}; sys.exit('kubernetes' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
