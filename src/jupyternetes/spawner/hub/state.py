"""What a spawner remembers across hub restarts, in the hub's database: where its Instance is, and no secrets.

JupyterHub dies if ``load_state`` raises, and shows the state to holders of ``admin:server_state``.
"""

from collections.abc import Mapping
from typing import Final, cast

import msgspec

VERSION: Final = 1


class SavedState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All fields may be absent: a server that never started has no Instance, and a hub may have lost what it knew.

    ``instance``, ``namespace``, ``hub_id`` and ``home`` outlive a stop, so that no changed name or configuration loses
    a volume. ``service`` is the entry whose Service leads to the server of ``start_id``; empty: none does.
    ``token_id`` and ``token_note`` are the row of the server's API token in the hub's database, and the note in it.
    """

    instance: str = ""
    namespace: str = ""
    hub_id: str | None = None
    home: str = ""
    start_id: str = ""
    service: str = ""
    token_id: int | None = None
    token_note: str = ""

    @property
    def kept(self) -> "SavedState":
        """What is left of it once the server has stopped."""
        return SavedState(instance=self.instance, namespace=self.namespace, hub_id=self.hub_id, home=self.home)


def dump_state(state: SavedState) -> dict[str, object]:
    """The state as JSON; empty if there is nothing to remember."""
    fields = cast("dict[str, object]", msgspec.to_builtins(state))
    return {"version": VERSION, **fields} if fields else {}


def read_state(saved: object) -> SavedState:
    """The state in ``saved``, which may be anything: fields that are not as expected count as absent."""
    if not isinstance(saved, Mapping):
        return SavedState()
    known: dict[str, object] = {}
    for field in msgspec.structs.fields(SavedState):
        try:
            known[field.name] = msgspec.convert(cast("Mapping[object, object]", saved)[field.name], field.type)
        except (KeyError, msgspec.ValidationError):
            continue
    return msgspec.convert(known, SavedState)
