"""Write the list of places anew: `python -m tools.positions`, after a release of Kubernetes was added here.

The documents are `api/openapi-spec/v3/api__v1_openapi.json` of the Go module `k8s.io/kubernetes`, under the Apache
License 2.0; only the paths of fields are taken from them.
"""

import json
import subprocess
from pathlib import Path
from typing import Final

from tools.positions.leaves import leaves

RELEASES: Final = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37")
_MODULE: Final = "k8s.io/kubernetes"
_DOCUMENT: Final = Path("api/openapi-spec/v3/api__v1_openapi.json")
TARGET: Final = Path("tests/unit/templating/reach/positions.txt")


def main() -> None:
    by_place: dict[str, list[str]] = {}
    for release in RELEASES:
        document = json.loads((_source(f"v{release}.0") / _DOCUMENT).read_text())
        for place in leaves(document):
            by_place.setdefault(place, []).append(release)
    lines = (f"{place} {releases[0]} {releases[-1]}" for place, releases in sorted(by_place.items()))
    header = (
        f"# Written by `python -m tools.positions` from the OpenAPI documents of Kubernetes {', '.join(RELEASES)}:\n"
    )
    header += "# each place, the first release that has it, and the last.\n"
    TARGET.write_text(header + "\n".join(lines) + "\n")


def _source(version: str) -> Path:
    """Where Go has put the source of Kubernetes in that version."""
    command = ["go", "mod", "download", "-json", f"{_MODULE}@{version}"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return Path(json.loads(answer.stdout)["Dir"])


if __name__ == "__main__":
    main()
