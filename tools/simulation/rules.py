"""The rules, each with a switch."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Rules:
    """All on by default; ``Rules.none()`` is an operator that trusts its cache. Explained in catalogue.py."""

    consistent_list: bool = True
    lease: bool = True
    relist_on_leading: bool = True
    lease_arithmetic: bool = True
    check_at_wire: bool = True
    settle_before_release: bool = True
    bounded_writes: bool = True
    expectations: bool = True
    fence: bool = True
    sign_of_life: bool = True
    silence_added: bool = True
    list_before_first_claim: bool = True
    proof_of_absence: bool = True
    tested_records: bool = True
    removal_of_extras: bool = True

    @classmethod
    def none(cls, **switched_on: bool) -> "Rules":
        """No rule but those named."""
        return cls(**(dict.fromkeys((field.name for field in fields(cls)), False) | switched_on))
