"""Write the list of places anew: `python -m tools.positions`, after a release was added to `make schemas`."""

import json
from pathlib import Path
from typing import Final

from jupyternetes.templating.schemas import shipped
from tools.positions.leaves import leaves
from tools.schemas import FOLDER

RELEASES: Final = tuple(f"1.{minor}" for minor in shipped.MINORS)
TARGET: Final = Path("tests/unit/templating/reach/positions.txt")


def main() -> None:
    by_place: dict[str, list[str]] = {}
    for release, minor in zip(RELEASES, shipped.MINORS, strict=True):
        for place in leaves(json.loads((FOLDER / shipped.file_name(minor)).read_bytes())):
            by_place.setdefault(place, []).append(release)
    lines = (f"{place} {releases[0]} {releases[-1]}" for place, releases in sorted(by_place.items()))
    header = (
        f"# Written by `python -m tools.positions` from the OpenAPI documents of Kubernetes {', '.join(RELEASES)}:\n"
    )
    header += "# each place, the first release that has it, and the last.\n"
    TARGET.write_text(header + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
