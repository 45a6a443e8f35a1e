"""What a value can be, seen from whoever may create Instances."""

from enum import IntEnum


class Reach(IntEnum):
    """The greater, the more an Instance has a say. A place takes values up to one of these.

    FIXED: the operators' own, or one of a list that the Template has. BOUNDED: within a pattern, an amount or the
    syntax of a name. FREE: anything.
    """

    FIXED = 0
    BOUNDED = 1
    FREE = 2

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Reach.FIXED: "a fixed value (one of a list)",
    Reach.BOUNDED: "a bounded value (within a pattern or an amount)",
    Reach.FREE: "free text (whatever an Instance says)",
}
