"""Forms for the tests of the page: one with all there is, and any other one."""

from dataclasses import replace

from hypothesis import strategies as st

from jupyternetes.options.form import Card, Field, FieldKind, Form, Option, Visibility

SIZES = (
    Option(value="small", title="Small", description="1 CPU, 2 GiB", note="free of charge"),
    Option(value="a100", title="One A100", note="about 2 € an hour", availability="2 free, 3 minutes ago"),
)
FULL = Card(
    key="kadense/science",
    title="Science",
    description="Python and R",
    icon="https://example.org/science.png",
    fields=(
        Field(name="size", title="Size", kind=FieldKind.CHOICE, value="small", required=True, options=SIZES),
        Field(
            name="region",
            title="Region",
            kind=FieldKind.CHOICE,
            value="r3",
            options=tuple(Option(value=f"r{number}", title=f"Region {number}") for number in range(12)),
        ),
        Field(
            name="dataset",
            title="Data set",
            kind=FieldKind.TEXT,
            description="The one that needs the GPU",
            required=True,
            max_length=41,
            pattern="[a-z]*",
            visibility=Visibility(names=("size",), shown=frozenset({("a100",)})),
        ),
        Field(name="hours", title="Hours", kind=FieldKind.NUMBER, value="2", minimum="1", maximum="8"),
        Field(name="scratch", title="Scratch space", kind=FieldKind.TEXT, value="10Gi", minimum="1Gi", maximum="100Gi"),
        Field(name="backup", title="Keep a copy", kind=FieldKind.BOOLEAN, value="true"),
        Field(name="extra", title="Extra settings", kind=FieldKind.JSON, value='{\n  "a": [1]\n}'),
    ),
)
PLAIN = Card(key="kadense/plain", title="Plain", fields=())
COURSE = Card(
    key="teaching/course",
    title="Course",
    fields=(Field(name="name", title="Course", kind=FieldKind.TEXT, value="algebra", required=True),),
)
THREE = Form(cards=(FULL, PLAIN, COURSE), chosen=FULL.key)
ONE = Form(cards=(FULL,))


def with_field(field: Field) -> Form:
    """A form with one card and one field."""
    return Form(cards=(replace(FULL, fields=(field,)),))


def refused(form: Form = ONE, **problems: str) -> Form:
    """`form` after a press on the button: `problems` by the name of the field."""
    cards = [
        replace(card, fields=tuple(replace(field, problem=problems.get(field.name, "")) for field in card.fields))
        for card in form.cards
    ]
    return replace(form, cards=tuple(cards))


#: Icons, and whether a page may show them.
ICONS = {
    "https://example.org/icon.png": True,
    "https://example.org/\"'><script>": True,
    "data:image/png;base64,iVBORw0KGgo=": True,
    "": False,
    "http://example.org/icon.png": False,
    "HTTPS://": False,
    "javascript:alert(1)": False,
    "data:image/svg+xml,<svg onload='alert(1)'>": False,
    "data:text/html,image/png": False,
    "//example.org/icon.png": False,
    "https://[": False,
    "icon.png": False,
}

_HOSTILE = (
    "</fieldset></form><script>alert(1)</script>",
    "\" onfocus='alert(1)' autofocus x=\"",
    "<!-- ",
    "--><b>",
    "</textarea><input name=template value=other>",
    "&lt;&#34;&amp;amp;",
    "{{ 7 * 7 }}{% raw %}",
    "\u202eevil\u2066",
    "🚀",
    "a/b",
    "\0",
    "\r\n",
    "\n\n",
    "\ufeff",
)
TEXTS = st.one_of(st.text(max_size=12), st.lists(st.sampled_from(_HOSTILE), max_size=3).map("".join))
_NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,5}(\.[a-z]{1,3})?", fullmatch=True)
_KEYS = st.from_regex(r"[a-z]{1,5}/[a-z]{1,5}(\.[a-z]{1,3})?", fullmatch=True)
_AMOUNTS = st.one_of(TEXTS, st.sampled_from(("", "0", "-1.5", "1e3", "2Gi", "+1", "12345678901234567890")))


@st.composite
def fields(draw: st.DrawFn, name: str) -> Field:
    kind = draw(st.sampled_from(FieldKind))
    options = [] if kind != FieldKind.CHOICE else draw(st.lists(TEXTS, unique=True, max_size=12))
    return Field(
        name=name,
        title=draw(TEXTS),
        kind=kind,
        value=draw(st.one_of(st.sampled_from(options), TEXTS) if options else _AMOUNTS),
        description=draw(TEXTS),
        required=draw(st.booleans()),
        options=tuple(
            Option(value=value, title=draw(TEXTS), note=draw(st.one_of(st.just(""), TEXTS))) for value in options
        ),
        minimum=draw(_AMOUNTS),
        maximum=draw(_AMOUNTS),
        max_length=draw(st.none() | st.integers(0, 10**6)),
        pattern=draw(TEXTS),
        visibility=draw(st.none() | st.just(Visibility(names=("other",), shown=frozenset({(draw(TEXTS),)})))),
        problem=draw(st.one_of(st.just(""), TEXTS)),
    )


@st.composite
def forms(draw: st.DrawFn) -> Form:
    cards = [
        Card(
            key=key,
            title=draw(TEXTS),
            description=draw(TEXTS),
            icon=draw(st.sampled_from(list(ICONS))),
            fields=tuple(draw(fields(name)) for name in draw(st.lists(_NAMES, unique=True, max_size=3))),
        )
        for key in draw(st.lists(_KEYS, unique=True, max_size=3))
    ]
    return Form(
        cards=tuple(cards),
        chosen=draw(st.sampled_from([*(card.key for card in cards), "", "gone/gone"])),
        notices=tuple(draw(st.lists(TEXTS, max_size=2))),
        problems=tuple(draw(st.lists(TEXTS, max_size=2))),
    )
