"""How are texts kept once that thousands of objects have in common? Decoding makes each of them anew."""

import sys

from msgspec import Struct
from msgspec.structs import force_setattr


def share(struct: Struct, *fields: str) -> None:
    """Keep the texts of these fields once for all structs; to be called in ``__post_init__``."""
    for name in fields:
        force_setattr(struct, name, sys.intern(getattr(struct, name)))
