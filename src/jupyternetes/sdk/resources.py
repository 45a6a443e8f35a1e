"""``@resource``: the operator of a kind. An object asks, and what the function returns is its status."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jupyternetes.sdk.cluster import Cluster
from jupyternetes.sdk.kinds import NO_NEEDS, Kind, Object, Related

Reconcile = Callable[[Object, Cluster], Awaitable[Mapping[str, object]]]
Finalize = Callable[[Object, Cluster], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class ResourceOperator:
    """What ``resource`` makes of a function; give it to ``run``."""

    kind: Kind
    reconcile: Reconcile
    finalize: Finalize | None = field(default=None, init=False)
    finalizer: str
    label_selector: str
    owns: tuple[str, ...]
    related: tuple[Related[Any], ...]
    needs: Mapping[Kind, Sequence[str]]
    again_after: float | None
    timeout: float
    workers: int

    def deleted(self, function: Finalize) -> Finalize:
        """Decorates the function that is called when an object is to be deleted, before it is gone.

        It may be called more than once. When it returns, the object goes; it raises ``NotYet`` to be called again. The
        SDK puts a finalizer on each object for it, before the first call of the main function. An object whose operator
        does not run then stays, and so does its namespace when that is deleted; no server waits for either.
        """
        self.finalize = function
        return function


def resource(
    api_version: str,
    kind: str,
    plural: str,
    *,
    namespaced: bool = True,
    finalizer: str = "",
    label_selector: str = "",
    owns: Sequence[str] = (),
    related: Sequence[Related[Any]] = (),
    needs: Mapping[Kind, Sequence[str]] = NO_NEEDS,
    again_after: float | None = None,
    timeout: float = 60.0,
    workers: int = 8,
) -> Callable[[Reconcile], ResourceOperator]:
    """Make an operator of an async function that gets an object and makes what it asks for.

    The function is called for each object that there is, whenever it changes, after a restart, and ``again_after``
    seconds after it went well, if that is given. So it has to bear being called again, also after it was cut off. What
    it returns becomes the object's status, with the condition ``Ready`` and the ``observedGeneration`` that make a
    Template's entry count as ready; its own ``conditions`` need ``type``, ``status``, ``reason`` and ``message`` only.
    Nothing is written if the status reads so already. It raises ``NotYet`` or ``Refused`` where there is nothing to
    return; what stood in the status stays then, but for ``Ready``. Any other exception is logged, said in ``Ready``
    by its type alone, and the function is called again, ever more seldom.

    ``owns``: the fields of the status that the function returns, where others write the rest of it; ``Ready`` is not
    written then. ``related``: further kinds that the function looks at with ``cluster.related``. ``needs``: the verbs
    that the function uses on kinds by itself, which ``--print-rights`` then lists. ``timeout``: seconds that one call
    may take. ``workers``: so many objects at a time. ``label_selector``: only objects that it selects are the
    operator's. ``finalizer``: its name, if there is a function for ``deleted``; default ``group/plural``.
    """
    described = Kind(api_version, kind, plural, namespaced)
    if not described.group and not finalizer:
        finalizer = f"jupyternetes.kadense.io/{plural}"

    def decorate(function: Reconcile) -> ResourceOperator:
        return ResourceOperator(
            kind=described,
            reconcile=function,
            finalizer=finalizer or f"{described.group}/{plural}",
            label_selector=label_selector,
            owns=tuple(owns),
            related=tuple(related),
            needs=needs,
            again_after=again_after,
            timeout=timeout,
            workers=workers,
        )

    return decorate
