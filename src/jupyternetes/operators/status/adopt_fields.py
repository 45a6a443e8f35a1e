"""Making fields our own that another program wrote with plain patches.

A forced apply would not do: values that we do not apply would stay for ever, with the other program as their owner. So
one merge patch first removes what stands in our fields, and the apply after it meets no owner.
https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
"""

from collections.abc import Mapping
from typing import Final, cast

import msgspec

from jupyternetes.api.fields import fields_of
from jupyternetes.api.instance import InstanceStatus
from jupyternetes.operators.status.owned_fields import Fields


def _defaulted_texts(struct: type[msgspec.Struct]) -> frozenset[str]:
    """The names of texts with a default, at any depth."""
    names: set[str] = set()
    for field in fields_of(struct):
        inner = field.inner.struct if field.inner is not None else field.struct
        if inner is not None:
            names |= _defaulted_texts(inner)
        elif field.facts.defaulted and isinstance(field.default, str):
            names.add(field.name)
    return frozenset(names)


#: Fields that the CustomResourceDefinition fills in when they are removed. What it fills in counts as written by the
#: patch that removed them, and the apply would meet that as its next conflict: they get the value to apply instead.
DEFAULTED: Final = _defaulted_texts(InstanceStatus)


def clearing(current: Mapping[str, object], wanted: Mapping[str, object]) -> Fields:
    """The merge patch after which an apply of ``wanted`` meets no conflict and nothing else of ``current`` is left.

    Conditions are a list, which a merge patch can only replace as a whole: they are the caller's to add.
    """
    patch: Fields = {}
    for name in (current.keys() | wanted.keys()) - {"conditions"}:
        before, after = current.get(name), wanted.get(name)
        if before == after:
            continue
        if isinstance(after, dict) and (before is None or isinstance(before, dict)):
            inner = clearing(cast("Fields", before or {}), cast("Fields", after))
            patch |= {name: inner} if inner else {}
        else:
            # Also what we do not see in ``current``: another program may own it with an empty value.
            patch[name] = after if name in DEFAULTED else None
    return patch
