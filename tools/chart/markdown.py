"""Tables of the reference pages."""

from collections.abc import Iterable, Sequence

GENERATED = "<!-- Generated from {source} by `python -m tools.chart generate`; edit that, not this. -->"


def head(title: str, source: str, *paragraphs: str) -> list[str]:
    """The beginning of a generated page."""
    return [GENERATED.format(source=source), "", f"# {title}", *(line for text in paragraphs for line in ("", text))]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table with its own empty line before it."""
    return ["", _row(columns), _row(["---"] * len(columns)), *(_row([_cell(cell) for cell in row]) for row in rows)]


def code(text: str) -> str:
    """Text as code; nothing if there is none."""
    return f"`{text}`" if text else ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
