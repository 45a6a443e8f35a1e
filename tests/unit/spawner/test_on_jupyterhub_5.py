"""What depends on JupyterHub's own code, once more with the oldest JupyterHub that we support."""

import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
PYTHON = CHECKOUT / ".venv/jupyterhub-5/bin/python"
SPAWNER = (
    "test_inherited_names",
    "test_settings_of_jupyterhub",
    "test_within_jupyterhub",
    "test_hub_restart",
    "test_renamed_users",
    "test_paths_of_renamed_users",
    "test_choosing",
    "test_offers",
)
HUB_DEPENDENCIES = ("test_facts", "test_teller")


def passes(folder: str, names: tuple[str, ...]) -> None:
    assert list(PYTHON.parents[1].glob("lib/*/site-packages/jupyterhub-5.5.*.dist-info")), "run: make jupyterhub-5"
    files = [str(CHECKOUT / "tests/unit" / folder / f"{name}.py") for name in names]
    command = [PYTHON, "-X", "no_debug_ranges", "-m", "pytest", "-p", "no:cacheprovider", "--no-header", *files]

    result = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in result.stdout


@pytest.mark.timeout(300)
def test_spawner_within_the_oldest_jupyterhub_H01() -> None:
    passes("spawner", SPAWNER)


@pytest.mark.timeout(300)
def test_what_the_oldest_jupyterhub_depends_on_is_told() -> None:
    passes("hub_dependencies", HUB_DEPENDENCIES)
