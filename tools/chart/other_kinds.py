"""Which kinds the chart refuses in `otherResources.kinds`, and the rights on those that it takes."""

from collections.abc import Mapping

from jupyternetes.api.other_kinds import DANGEROUS, NEVER, NEVER_GROUPS
from jupyternetes.api.rights import VERBS_ON_OTHER_RESOURCES


def content() -> dict[str, object]:
    """What the chart reads."""
    return {
        "neverGroups": sorted(NEVER_GROUPS),
        "never": _named(NEVER),
        "dangerous": _named(DANGEROUS),
        "verbs": [*VERBS_ON_OTHER_RESOURCES],
    }


def _named(kinds: Mapping[str, str]) -> dict[str, list[str]]:
    """By resource and by kind, each with its group: rights follow from the one, objects from the other."""
    groups = {resource: resource.partition(".")[2] for resource in kinds}
    named = [f"{kind}.{groups[resource]}".removesuffix(".") for resource, kind in kinds.items()]
    return {"resources": [*kinds], "kinds": named}
