"""Whether an object is still what was written, as far as we wrote it: fields of others are none of our business."""

from typing import cast


def contains(live: object, wanted: object) -> bool:
    """Whether all of ``wanted`` stands in ``live``; of a list, nothing may be added or missing."""
    if isinstance(wanted, dict):
        if not isinstance(live, dict):
            return False
        there = cast("dict[str, object]", live)
        members = cast("dict[str, object]", wanted).items()
        return all(key in there and contains(there[key], member) for key, member in members)
    if isinstance(wanted, list):
        if not isinstance(live, list):
            return False
        items, ours = cast("list[object]", live), cast("list[object]", wanted)
        return len(items) == len(ours) and all(map(contains, items, ours))
    return live == wanted and isinstance(live, bool) == isinstance(wanted, bool)


def written_part(live: object, wanted: object) -> object:
    """What of ``live`` stands where ``wanted`` was written: the API server writes some values in its own way."""
    if isinstance(wanted, dict) and isinstance(live, dict):
        there = cast("dict[str, object]", live)
        members = cast("dict[str, object]", wanted).items()
        return {key: written_part(there[key], member) for key, member in members if key in there}
    return live
