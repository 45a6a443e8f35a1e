"""What every image of ours keeps to, checked on the finished archive: a promise that nobody measures does not last."""

import re
from pathlib import PurePosixPath

from tools.images.archive import ImageContent
from tools.images.recipes import Recipe

_BUILD_TOOLS = frozenset(
    (
        "as",
        "c++",
        "cargo",
        "cc",
        "clang",
        "cmake",
        "cpp",
        "g++",
        "gcc",
        "go",
        "ld",
        "make",
        "ninja",
        "npm",
        "rustc",
        "uv",
    )
)
_PROGRAM_FOLDERS = frozenset(("bin", "sbin"))
# Caches of installers, and what a build was told of the machine it ran on.
_LEFTOVERS = re.compile(
    r"(^|/)\.(cache|npm)(/|$)|^(tmp|run/secrets|run/wheels)/[^/]+|(^|/)(pip\.conf|\.?npmrc)$"
    r"|^var/cache/apt/.*\.(bin|deb)$|^var/lib/apt/lists/.*(Packages|Release)|^etc/apt/sources\.list$"
)
_NUMERIC_USER = re.compile(r"[1-9][0-9]*(:[0-9]+)?")


def problems(content: ImageContent, recipe: Recipe) -> list[str]:
    """What is wrong with an image, each in one sentence that names the way out; empty if nothing is."""
    found: list[str] = []
    if not _NUMERIC_USER.fullmatch(content.user):
        found.append(
            f"runs as user {content.user or 'root'!r}; `runAsNonRoot` needs a number other than 0:"
            f" set USER in {recipe.containerfile}"
        )
    if content.size > recipe.size_limit:
        found.append(
            f"is {content.size / 1e6:.0f} MB, more than its {recipe.size_limit / 1e6:.0f} MB:"
            " see what the requirements brought along"
        )
    tools = sorted(path for path in content.paths if _is_build_tool(PurePosixPath(path)))
    if tools:
        found.append(f"holds build tools ({_some(tools)}): leave them in a build stage")
    leftovers = sorted(path for path in content.paths if _LEFTOVERS.search(path))
    if leftovers:
        found.append(f"holds what only its build needed ({_some(leftovers)}): leave it in a build stage")
    return found


def _is_build_tool(path: PurePosixPath) -> bool:
    return path.name in _BUILD_TOOLS and path.parent.name in _PROGRAM_FOLDERS


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
