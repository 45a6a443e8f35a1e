"""The forms of the hub that shows the options form: the name of the user says which."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from jupyternetes.options.form import Card, Field, FieldKind, Form, Option, Visibility
from tests.unit.options.drawn_forms import COURSE, FULL, PLAIN

ODD: Final = ("", "a/b", "\"'<&>", "🚀", "\0", "\u202eevil", "\r\n", "\n", "\r", " x ", "null")
#: A page that asks nobody else for a picture.
_ICON: Final = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
_LONG: Final = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
_HOSTILE: Final = "</fieldset></form><script>document.title='broken'</script>\u202e'\""

_SCIENCE: Final = replace(FULL, icon=_ICON)
_THREE: Final = Form(cards=(_SCIENCE, PLAIN, COURSE), chosen=FULL.key)

#: What a size makes visible, one after the other.
CHAIN: Final = Card(
    key="ns/chain",
    title="Chain",
    fields=(
        Field(
            name="size",
            title="Size",
            kind=FieldKind.CHOICE,
            value="small",
            options=tuple(Option(value=value, title=value) for value in ("small", "large", "\n")),
        ),
        Field(
            name="fast",
            title="Fast",
            kind=FieldKind.BOOLEAN,
            value="true",
            visibility=Visibility(names=("size",), shown=frozenset({("large",), ("\n",)})),
        ),
        Field(
            name="disk",
            title="Disk",
            kind=FieldKind.TEXT,
            value="10Gi",
            required=True,
            visibility=Visibility(names=("size", "fast"), shown=frozenset({("large", "true")})),
        ),
    ),
)


def _odd(place: int) -> Field:
    options = tuple(Option(value=each, title=repr(each), note="note") for each in ODD)
    return Field(name=f"odd-{place}", title=f"Odd {place}", kind=FieldKind.CHOICE, value=ODD[place], options=options)


def _with_texts(text: str) -> Form:
    def field(each: Field) -> Field:
        options = tuple(replace(option, title=text, note=text) for option in each.options)
        return replace(each, title=text, description=text, problem=text, options=options)

    cards = [
        replace(card, title=text, description=text, fields=tuple(field(each) for each in card.fields))
        for card in _THREE.cards
    ]
    return replace(_THREE, cards=tuple(cards), notices=(text,), problems=(text,))


FORMS: Final[Mapping[str, Form]] = {
    "three": replace(_THREE, notices=("Huge is no longer offered; Small was chosen instead.",)),
    "one": Form(cards=(_SCIENCE,)),
    "nothing": Form(cards=()),
    "long": _with_texts(_LONG),
    "hostile": _with_texts(_HOSTILE),
    "chain": Form(cards=(_SCIENCE, CHAIN), chosen="ns/chain"),
    "odd": Form(
        cards=(
            replace(
                PLAIN,
                fields=(
                    *map(_odd, range(len(ODD))),
                    Field(name="lines", title="Lines", kind=FieldKind.TEXT, value="\none\ntwo\n"),
                ),
            ),
        )
    ),
}
