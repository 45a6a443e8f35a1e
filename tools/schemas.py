"""`python -m tools.schemas`: derive the copies of Kubernetes' schemas that a check without a cluster uses.

They come from the Go module of Kubernetes, which the go command fetches and keeps in its cache.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final, cast

from jupyternetes.templating.schemas import Schemas, shipped
from tools.cluster.go import find_toolchain

FOLDER: Final = Path(shipped.__file__).parent
_DOCUMENT: Final = "api/openapi-spec/v3/api__v1_openapi.json"


def release(minor: int) -> str:
    """The release of a minor version that its copy is taken from: fields never change between patch releases."""
    return f"1.{minor}.0"


def sources(minor: int, *, offline: bool = False) -> Path | None:
    """Where the sources of Kubernetes are on this machine; `offline`: None if they would have to be fetched."""
    toolchain = find_toolchain()
    if toolchain is None:
        return None
    command = [str(toolchain), "mod", "download", "-json", f"k8s.io/kubernetes@v{release(minor)}"]
    environment = {**os.environ, **({"GOPROXY": "off"} if offline else {})}
    answer = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(answer.stdout) if answer.stdout else {}
    return Path(cast("str", found["Dir"])) if found.get("Dir") else None


def schemas_of(sources: Path) -> Schemas:
    """What a release of Kubernetes says, by its sources."""
    return Schemas.read((sources / _DOCUMENT).read_bytes())


def main() -> None:
    """Write all copies anew."""
    for minor in shipped.MINORS:
        found = sources(minor)
        if found is None:
            raise SystemExit(f"the sources of Kubernetes {release(minor)} cannot be had: is there a go command?")
        (FOLDER / shipped.file_name(minor)).write_bytes(schemas_of(found).document())
        print(f"Kubernetes {release(minor)}")


if __name__ == "__main__":
    main()
