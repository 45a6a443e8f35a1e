"""What a piece of a Template is compiled to: data that is always the same, or a function of one Instance's values."""

from collections.abc import Callable

from msgspec import Struct

from jupyternetes.templating.scope import Scope

Render = Callable[[Scope], object]
RenderText = Callable[[Scope], str]


class Static(Struct, frozen=True, gc=False):
    """A subtree without placeholders: the Template's own, or rebuilt where it holds escaped braces. Never changed."""

    value: object


#: A function that gives null says that the field or the item it stands for is to be left out.
Node = Static | Render


def value_of(node: Node, scope: Scope) -> object:
    """What `node` is for one Instance."""
    return node.value if isinstance(node, Static) else node(scope)
