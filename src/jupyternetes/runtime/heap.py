"""What does Python's collector of garbage look through in a process that lives long?

Not what was there when the process was ready: a hub's modules, users and database, or the caches of an operator. A
collection that goes through all of that holds up everybody in the process.
"""

import gc
from typing import Final

#: So many objects may be new before Python looks for garbage: each event of a watch makes hundreds, hardly any in a
#: cycle.
_YOUNG_OBJECTS: Final = 10_000
_settled = False


def settle() -> None:
    """Leave what is there now out of all collections, once in a process: later calls do nothing.

    What is part of a cycle and is given up later keeps its memory: https://docs.python.org/3/library/gc.html#gc.freeze
    """
    global _settled
    if not _settled:
        _settled = True
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG_OBJECTS)
