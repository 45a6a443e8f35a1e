"""In which namespace the pods of a Template are tried: in one where servers are made of it, or may be."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from jupyternetes.api.instance import Instance
from jupyternetes.api.template import Access
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.templating.access import admits


def candidates(
    template: ObjectKey,
    access: Access,
    *,
    shared: bool,
    instances: Iterable[Instance],
    watched: Sequence[str],
    serves: Callable[[str], bool],
) -> list[str]:
    """The namespaces in question, the best one first; some may not be there.

    ``shared``: Instances of other namespaces may use the Template, as far as its ``access`` says. ``watched``: the
    namespaces that the operator was told to look after; none: all. ``serves``: whether it works in one at present.

    What the cluster takes differs between namespaces. So those come first where most Instances are of this Template,
    then those that it names, then those where most Instances are at all, and last its own.
    """
    users, everybody = Counter[str](), Counter[str]()
    for instance in instances:
        namespace = instance.metadata.namespace
        everybody[namespace] += 1
        users[namespace] += instance.template_key == template
    wanted = [*_by_count(users), *(access.namespaces or ()), *_by_count(everybody), *watched, template.namespace]
    return [
        namespace
        for namespace in dict.fromkeys(wanted)
        if (shared or namespace == template.namespace)
        and admits(access, namespace, template.namespace)
        and (not watched or namespace in watched)
        and serves(namespace)
    ]


def _by_count(found: Counter[str]) -> list[str]:
    return sorted((name for name, number in found.items() if number), key=lambda name: (-found[name], name))
