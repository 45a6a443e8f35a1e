"""What is wrong with a Template or with the variables of an Instance, and where.

A problem is data: compiling and rendering collect all of them, so that a person sees the whole list at once and not
the first entry of it. Messages never hold the value of a variable, because they end up in conditions, Events and logs.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the JSON path it stands at, and a sentence that says the way out.

    `source` names the object that `path` belongs to: `Template` or `Instance`.
    """

    path: str
    message: str
    source: str = "Template"

    def __str__(self) -> str:
        return f"{self.source} {self.path}: {self.message}"


def child_path(parent: str, key: str | int) -> str:
    """The JSON path (RFC 9535) of a member or an item of what stands at `parent`."""
    return f"{parent}[{key}]" if isinstance(key, int) else parent + _member(key)


def _member(key: str) -> str:
    if _PLAIN_KEY.fullmatch(key):
        return f".{key}"
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def is_reported(problems: Collection[Problem], path: str) -> bool:
    """Whether something is wrong at `path` already, so that what follows from it need not be said."""
    return bool(problems) and any(problem.path == path for problem in problems)


def note(problems: list[Problem], path: str, message: str) -> None:
    """Append a problem, unless something is wrong at `path` already."""
    if not is_reported(problems, path):
        problems.append(Problem(path, message))


def summary(problems: Iterable[Problem], *, limit: int = 1024) -> str:
    """All problems in one text of at most `limit` characters; what does not fit is counted."""
    texts = [str(problem) for problem in problems]
    whole = "; ".join(texts)
    if len(whole) <= limit:
        return whole
    kept: list[str] = []
    for index, text in enumerate(texts):
        rest = f"; and {len(texts) - index - 1} more" if index + 1 < len(texts) else ""
        if len("; ".join([*kept, text])) + len(rest) > limit:
            break
        kept.append(text)
    if kept:
        return f"{'; '.join(kept)}; and {len(texts) - len(kept)} more"
    more = f" … and {len(texts) - 1} more" if len(texts) > 1 else " …"
    return texts[0][: limit - len(more)] + more
