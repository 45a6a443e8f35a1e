"""Which Leases tell whether anybody answers the gates of Templates?"""

from collections.abc import Iterable, Iterator

from jupyternetes.api.template import Template
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.templating.jsontree import as_list, as_mapping


def gate_leases(templates: Iterable[Template]) -> Iterator[tuple[str, ObjectKey]]:
    """The gates of Templates that name the Lease of who answers. A Template's spec may have any shape."""
    for template in templates:
        for each in as_list(template.spec.get("gates")) or ():
            gate = as_mapping(each) or {}
            name, lease = gate.get("name"), gate.get("lease")
            if isinstance(name, str) and isinstance(lease, str) and lease.count("/") == 1 and not lease.endswith("/"):
                yield name, ObjectKey(*lease.split("/"))
