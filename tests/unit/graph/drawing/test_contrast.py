"""Everything that is drawn can be told from what is behind it, in the light and in the dark.

https://www.w3.org/TR/WCAG22/#contrast-minimum, https://www.w3.org/TR/WCAG22/#non-text-contrast
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import product

import pytest

from jupyternetes.graph.drawing import parts
from jupyternetes.graph.model.kinds import TROUBLE, State

CSS = files("jupyternetes.graph.drawing").joinpath("page.css").read_text("utf-8")
TEXT, SHAPE = 4.5, 3.0


def rules(text: str) -> dict[str, dict[str, str]]:
    """The declarations by selector, the later ones winning."""
    found: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", text, flags=re.S)):
        declared = dict(re.findall(r"([\w-]+):\s*([^;]+);", body))
        for selector in selectors.split(","):
            found.setdefault(selector.strip(), {}).update(declared)
    return found


def dark_part() -> str:
    start = CSS.index("@media (prefers-color-scheme: dark) {")
    return CSS[CSS.index("{", start) + 1 : CSS.index("\n}", start)]


LIGHT = rules(CSS[: CSS.index("@media")])[":root"]
DARK_RULES = rules(dark_part())
DARK = {**LIGHT, **DARK_RULES[":root"]}


def dark(selector: str, attribute: str) -> str:
    """The colour that the page gives in the dark, by its most special rule."""
    for known in (selector, f".{selector.split('.')[1]}"):
        value = DARK_RULES.get(known, {}).get(attribute, "")
        if value:
            variable = re.fullmatch(r"var\((.+)\)", value)
            return DARK[variable[1]] if variable else value
    raise AssertionError(f"{selector} keeps its {attribute} of the light in the dark")


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pairs() -> Iterator[tuple[str, str, str, float]]:
    """What is drawn on what, in which colours, and how much they have to differ."""
    for mode, page in (("light", LIGHT), ("dark", DARK)):
        for name, least in (("ink", TEXT), ("quiet", TEXT), ("border", SHAPE), ("focus", SHAPE)):
            yield f"{mode}: {name} of the page", page[f"--{name}"], page["--paper"], least
    light = {"paper": parts.PAPER, "green": parts.GREEN}
    in_dark = {"paper": dark(".oval", "fill"), "green": dark(".oval.green", "fill")}
    for behind in ("paper", "green"):
        yield f"light: text on {behind}", parts.INK, light[behind], TEXT
        yield f"dark: text on {behind}", dark(".picture text", "fill"), in_dark[behind], TEXT
        yield f"light: focus on {behind}", LIGHT["--focus"], light[behind], SHAPE
        yield f"dark: focus on {behind}", DARK["--focus"], in_dark[behind], SHAPE
    for state, behind in product(State, ("paper", "green")):
        yield f"light: sign {state} on {behind}", parts.STATE_COLOURS[state], light[behind], SHAPE
        yield f"dark: sign {state} on {behind}", dark(f".sign.{state}", "stroke"), in_dark[behind], SHAPE
    ordinary = {"oval": parts.INK, "line": parts.ARROW, "head": parts.ARROW}
    for shape, attribute in (("oval", "stroke"), ("line", "stroke"), ("head", "fill"), ("mark", "stroke")):
        for state in (None, *TROUBLE):
            if state is None and shape == "mark":
                continue
            selector = f".{shape}.{state}" if state else f".{shape}"
            shown = parts.STATE_COLOURS[state] if state else ordinary[shape]
            for behind in ("paper", "green") if shape == "oval" else ("paper",):
                yield f"light: {selector} on {behind}", shown, light[behind], SHAPE
                yield f"dark: {selector} on {behind}", dark(selector, attribute), in_dark[behind], SHAPE
    yield "light: words of a tag", parts.PAPER, parts.INK, TEXT
    tag, words = dark(".tag", "fill"), dark(".picture text.tag-words", "fill")
    yield "dark: words of a tag", words, tag, TEXT
    yield "dark: tag on paper", tag, in_dark["paper"], SHAPE
    yield "dark: mark behind text", dark(".picture text", "fill"), dark(".mark", "fill"), TEXT


@pytest.mark.parametrize(("what", "front", "back", "least"), list(pairs()))
def test_it_can_be_told_from_what_is_behind_it(what: str, front: str, back: str, least: float) -> None:
    assert contrast(front, back) >= least, what


def test_ratio_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
