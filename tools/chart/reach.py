"""The table of what may stand where as a page."""

from collections.abc import Iterator
from typing import Final

from jupyternetes.templating.reach.levels import Reach
from jupyternetes.templating.reach.places import Place, Special, rows_of
from jupyternetes.templating.reach.table import PLACES
from jupyternetes.templating.references import OTHER_RESOURCES, PODS, PVCS
from tools.chart.markdown import code, head, table

_WORDS: Final = {Reach.FIXED: "fixed", Reach.BOUNDED: "bounded", Reach.FREE: "free"}
_RULES: Final = {
    Special.NONE: "",
    Special.TEXT: "",
    Special.PATH_PART: "free text is one part of the path: no `/`, `..`, `:` or NUL",
    Special.STRINGS: "a whole list of strings, also of type `json`; not where a shell reads it",
    Special.ANNOTATION: "bounded if the key has a domain other than `jupyternetes.kadense.io`",
    Special.CLAIM: "also `{jupyternetes.pvcs.x}`, whatever that name is made of",
    Special.ADOPTED_CLAIM: "also `{jupyterhub.user.name:dns}`, `{jupyterhub.server.name:dns}` and "
    "`{jupyterhub.user_server:dns}` (or `:label`, `:kubespawner`, `:kubespawner-escape`); with `create: IfMissing` "
    "these and the operators' own only",
}
_LIKE_CONTAINERS: Final = ("spec.initContainers", "spec.ephemeralContainers")


def page() -> str:
    """The reference page."""
    lines = head(
        "What may stand where",
        "jupyternetes.templating.reach.table",
        "The most that may stand in each place of a Template, and why is in "
        "[the explanation](../explanation/reach.md). `[]` is each item of a list, `{}` each value of a map, `**` all "
        "that lies below. The lists `initContainers` and `ephemeralContainers` are as `containers`. Keys of maps are "
        "fixed everywhere. A place that is not in the table, as one that a newer Kubernetes has, takes what is "
        "bounded; so do the other fields of `otherResources[]`.",
        "A test compares the table with every place of a PodSpec and of a PersistentVolumeClaimSpec in all supported "
        "versions of Kubernetes.",
    )
    for kind, about in ((PODS, "Pods"), (PVCS, "Claims"), (OTHER_RESOURCES, "Other resources")):
        lines += ["", f"## {about}", "", f"Below `spec.{kind}[]`:", *_places(PLACES.entries[kind])]
    for (_, kind), entry in PLACES.objects.items():
        lines += ["", f"In an entry of kind `{kind}`:", *_places(entry)]
    return "\n".join(lines) + "\n"


def _places(entry: Place) -> list[str]:
    rows = sorted(_rows(entry), key=lambda row: (-list(_WORDS.values()).index(row[1]), row[0]))
    return table(("Place", "At most", "And"), ((code(path), most, rule) for path, most, rule in rows))


def _rows(entry: Place) -> Iterator[tuple[str, str, str]]:
    for path, place in rows_of(entry):
        if not path.startswith(_LIKE_CONTAINERS) or path.endswith("targetContainerName"):
            yield path, _WORDS[place.most], _RULES[place.special]
