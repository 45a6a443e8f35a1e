"""Free text as one part of a path inside a container: it may neither leave that part nor be none."""


def part_fault(text: str, *, may_be_empty: bool = False) -> str:
    """Why `text` may not be a part of a path; `""` if it may. Never repeats it."""
    if not text and not may_be_empty:
        return "is empty, and is to be one part of a path"
    if any(sign in text for sign in "/:\0") or ".." in text or (text and not text.strip(".")):
        return "may be one part of a path only, without '/', ':', '..' and NUL; {name:dns} makes any value fit"
    return ""
