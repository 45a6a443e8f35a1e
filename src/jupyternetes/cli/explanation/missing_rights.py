"""How a right is named that the account lacks."""


def missing_right(verb: str, resource: str, namespace: str) -> str:
    """``resource``: by its full name."""
    return f"that takes the right to {verb} {resource} in namespace {namespace}"
