"""Bars as SVG, small enough to write by hand."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

COLOURS: Final = {"floor": "#9a9a9a", "KubeSpawner": "#d08a2e", "Jupyternetes": "#2f6fb0"}
_WIDTH, _LABEL, _BAR, _GAP, _TOP = 760, 250, 14, 12, 44


def bars(title: str, unit: str, groups: Sequence[tuple[str, Mapping[str, float]]]) -> str:
    """Horizontal bars, a group for each of ``groups``; the names in a group are those of ``COLOURS``."""
    largest = max((value for _, values in groups for value in values.values()), default=0.0) or 1.0
    parts, y = _head(title), _TOP
    for label, values in groups:
        middle = y + _BAR * len(values) / 2 + 4
        parts.append(_text(_LABEL - 10, middle, label, anchor="end"))
        for name, value in values.items():
            width = max(1.0, (_WIDTH - _LABEL - 70) * value / largest)
            parts.append(f'<rect x="{_LABEL}" y="{y}" width="{width:.1f}" height="{_BAR - 2}" fill="{COLOURS[name]}"/>')
            parts.append(_text(_LABEL + width + 6, y + _BAR - 4, f"{value:.3g} {unit}"))
            y += _BAR
        y += _GAP
    return _frame(parts, y)


def _head(title: str) -> list[str]:
    parts, x = [f'<text x="10" y="18" font-weight="bold">{escape(title)}</text>'], _LABEL
    for name, colour in COLOURS.items():
        parts.append(f'<rect x="{x}" y="27" width="10" height="10" fill="{colour}"/>')
        parts.append(_text(x + 15, 36, name))
        x += 120
    return parts


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _frame(parts: Sequence[str], height: float) -> str:
    size = f'width="{_WIDTH}" height="{height:.0f}" viewBox="0 0 {_WIDTH} {height:.0f}"'
    body = "\n".join(parts)
    style = 'font-family="sans-serif" font-size="12" fill="#444"'
    ground = f'<rect width="{_WIDTH}" height="{height:.0f}" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n{ground}\n{body}\n</svg>\n'
