"""What to write so that a value may stand where it does."""

from typing import Final

from jupyternetes.templating.lexer import Placeholder
from jupyternetes.templating.reach.levels import Reach
from jupyternetes.templating.reach.places import Special
from jupyternetes.templating.reach.provenance import CHOSEN_BY_CREATOR, Provenance
from jupyternetes.templating.references import is_reference, output_of
from jupyternetes.templating.variables.amounts import AMOUNTS
from jupyternetes.templating.variables.built_in import is_hub_name

_AMOUNTS_OF_THE_HUB: Final = frozenset(
    f"jupyterhub.{name}" for name in ("mem_limit", "mem_guarantee", "cpu_limit", "cpu_guarantee")
)
_OWN_RULE: Final = {
    Special.CLAIM: "a pod names the claims of its Template: '{jupyternetes.pvcs.…}' with the name of an entry of pvcs",
    Special.ADOPTED_CLAIM: "only the hub's names may choose a claim, as {jupyterhub.user.name:dns}",
}


#: By whether only what is fixed may stand there.
_OUTPUT: Final = {
    False: "give the output a pattern, such as '[a-z0-9.-]{1,63}'",
    True: "what an object of somebody else says may not choose it; write the object's name and what else "
    "belongs to it, as in '{jupyternetes.otherResources.db}-app'",
}


def mend(placeholder: Placeholder, most: Reach, special: Special, provenance: Provenance) -> str:
    """The line to add, or what to write in its place, where at most `most` may stand."""
    name = placeholder.name
    if own := _OWN_RULE.get(special):
        return f"{own}; or {_bound(name, most, provenance)}"
    if name in CHOSEN_BY_CREATOR:
        return "write {jupyternetes.instance.uid}"
    if output_of(name):
        return _OUTPUT[most is Reach.FIXED]
    if is_reference(name):
        return "bound what the entry's name is made of"
    if (value := provenance.vocabulary.choice_values.get(name)) is not None:
        return f"bound what the choices of {value.variable!r} have placeholders for"
    line = _bound(name, most, provenance)
    if most is Reach.FIXED or placeholder.filter or not is_hub_name(name) or name in _AMOUNTS_OF_THE_HUB:
        return line
    return f"write {{{name}:dns}}, or {line}"


def _bound(name: str, most: Reach, provenance: Provenance) -> str:
    kind, listed = provenance.kind_of(name), "enum: [the values that there are]"
    bounds = [listed]
    if most is not Reach.FIXED and name in _AMOUNTS_OF_THE_HUB and kind == "string":
        bounds = ["type: quantity, maximum: the greatest amount"]
    elif most is not Reach.FIXED and kind in AMOUNTS:
        bounds = ["maximum: the greatest amount"]
    elif most is not Reach.FIXED and kind == "string":
        bounds = [listed, "pattern: '[a-z0-9-]+'"]
    if provenance.written(name):
        return f"add to the declaration of {name!r}: {' or '.join(bounds)}"
    return f"add to spec.variables: {' or '.join(f'- {{name: {name}, {bound}}}' for bound in bounds)}"
