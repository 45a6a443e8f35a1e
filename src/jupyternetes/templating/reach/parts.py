"""Values in a path: none may leave the part that it is written as, nor leave that part out."""


def part_fault(text: str, *, may_be_empty: bool = False) -> str:
    """Why free `text` may not be a part of a path inside a container; `""` if it may. Never repeats it."""
    if not text:
        return _empty_fault(may_be_empty)
    if any(sign in text for sign in "/:\0") or ".." in text or not text.strip("."):
        return "may be one part of a path only, without '/', ':', '..' and NUL; {name:dns} makes any value fit"
    return ""


def inner_fault(text: str, *, may_be_empty: bool = False) -> str:
    """Why `text` may not stand in a path inside a volume; `""` if it may. Never repeats it.

    There a part that is missing would give a person the folder above, with what belongs to others.
    https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath
    """
    if not text:
        return _empty_fault(may_be_empty)
    if not all(part.strip(".") for part in text.split("/")):
        return "may hold no part of a path that is empty, '.' or '..'"
    return ""


def _empty_fault(may_be_empty: bool) -> str:
    return "" if may_be_empty else "is empty, and is to be one part of a path"
