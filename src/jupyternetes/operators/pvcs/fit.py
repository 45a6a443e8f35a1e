"""What a Template asks of a claim that is there already: what can still be given, and what stays as it is.

Of a claim that is bound Kubernetes lets nothing change but how much it asks for, and that not downwards.
https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from jupyternetes.api.core import Claim
from jupyternetes.templating.jsontree import as_list, as_mapping
from jupyternetes.templating.variables.amounts import amount

_FILESYSTEM: Final = "Filesystem"


@dataclass(frozen=True, slots=True)
class Fit:
    """``more``: the storage that the claim is to ask for from now on; empty if it is not to grow.

    ``kept``: what of the claim is not as the Template says, and stays.
    """

    more: str = ""
    kept: tuple[str, ...] = ()


def fit(claim: Claim, spec: Mapping[str, object]) -> Fit:
    """Compare a claim with the ``spec`` that the Template gives; of what is not said there nothing is asked."""
    have, want, kept = storage_of(claim), _wanted_storage(spec), list(_kept(claim, spec))
    more = _more_storage(have, want)
    if more < 0:
        kept.insert(0, f"its size of {have} (the Template asks for {want}, and no claim shrinks)")
    return Fit(want if more > 0 else "", tuple(kept))


def storage_of(claim: Claim) -> str:
    """How much the claim asks for, as it is written there."""
    return claim.spec.resources.requests.get("storage", "")


def _more_storage(have: str, want: str) -> Fraction:
    """By how much ``want`` exceeds ``have``; nothing if one of them is no amount."""
    try:
        return amount(want) - amount(have)
    except ValueError:
        return Fraction(0)


def _kept(claim: Claim, spec: Mapping[str, object]) -> Iterator[str]:
    if "storageClassName" in spec and spec["storageClassName"] != claim.spec.storage_class_name:
        yield f"its storage class {_text(claim.spec.storage_class_name)} (not {_text(spec['storageClassName'])})"
    if missing := [mode for mode in as_list(spec.get("accessModes")) or () if mode not in claim.spec.access_modes]:
        yield f"its access modes {', '.join(claim.spec.access_modes)} (not {', '.join(map(str, missing))})"
    if spec and (mode := spec.get("volumeMode") or _FILESYSTEM) != claim.spec.volume_mode:
        yield f"its volume mode {claim.spec.volume_mode} (not {mode})"


def _wanted_storage(spec: Mapping[str, object]) -> str:
    resources = as_mapping(spec.get("resources")) or {}
    requests = as_mapping(resources.get("requests")) or {}
    return str(requests.get("storage", ""))


def _text(name: object) -> str:
    return repr(name) if isinstance(name, str) else "none"
