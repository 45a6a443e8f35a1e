"""What a Template says of a value that is read of an object of somebody else."""

from typing import Annotated, Final

from jupyternetes.api.fields import about
from jupyternetes.api.metadata import Slim

MAX_PATTERN_LENGTH: Final = 512  # of any regular expression in a Template


class Output(Slim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``spec.otherResources[].outputs[]``: a value of the object that other entries insert."""

    name: Annotated[
        str,
        about(
            "Read as {jupyternetes.otherResources.<entry>.<name>}.",
            required=True,
            minLength=1,
            maxLength=63,
            pattern="^[A-Za-z_][A-Za-z0-9_-]*$",
        ),
    ] = ""
    path: Annotated[
        str,
        about(
            "Where it stands in the object, such as status.host or status.addresses[0].value: a text, a number or a "
            "boolean. It is copied into the Instance's status, where the hub can read it.",
            required=True,
            minLength=1,
            maxLength=512,
        ),
    ] = ""
    pattern: Annotated[
        str | None,
        about(
            "A regular expression (RE2) that the whole text must match; without one it is free text.",
            minLength=1,
            maxLength=MAX_PATTERN_LENGTH,
        ),
    ] = None
