"""The syntax of names and labels that the API server will insist on, checked before it sees them.

Rules: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set and
https://kubernetes.io/docs/concepts/overview/working-with-objects/names/. Each check gives `""` when the text is fine,
else what is wrong with it; it never repeats the text, which may come from a user.
"""

import re
from typing import Final

from jupyternetes.api.slugs import is_dns_label, is_label_value

ENTRY_NAME_LENGTH: Final = 57  # the API server appends "-" and five characters to make a DNS label of at most 63

#: A pod may name a Secret after the object of an entry; none may be that of somebody's start.
_OF_STARTS: Final = "jni"

_DNS_SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")

_LABEL_RULE: Final = "letters, digits, '-', '_' and '.' are allowed, with a letter or digit at both ends"


def label_value_fault(text: str) -> str:
    if len(text) > 63:
        return f"the label value has {len(text)} characters, at most 63 are allowed; {{name:label}} shortens a value"
    if not is_label_value(text):
        return f"not a label value: {_LABEL_RULE}; {{name:label}} makes any value fit"
    return ""


def label_key_fault(key: str) -> str:
    return _qualified_name_fault(key, "label")


def annotation_key_fault(key: str) -> str:
    """As for label keys, except that the API server takes capitals in the prefix of an annotation."""
    return _qualified_name_fault(key.lower(), "annotation")


def _qualified_name_fault(key: str, what: str) -> str:
    prefix, slash, name = key.rpartition("/")
    if slash and (len(prefix) > 253 or not _DNS_SUBDOMAIN.fullmatch(prefix)):
        return f"not a key of {what}s: what stands before the '/' must be a DNS name in lower case"
    if len(name) > 63:
        return f"the name in the {what} key has {len(name)} characters, at most 63 are allowed; {{name:label}} shortens"
    if not name or not is_label_value(name):
        return f"not a key of {what}s: {_LABEL_RULE}; {{name:label}} makes any value fit"
    return ""


def other_name_fault(name: str) -> str:
    """As `entry_name_fault`, for an entry of `otherResources`."""
    if name == _OF_STARTS or name.startswith(f"{_OF_STARTS}-"):
        return f"names of start Secrets begin with '{_OF_STARTS}-'; choose another name"
    return entry_name_fault(name)


def entry_name_fault(name: str) -> str:
    if len(name) > ENTRY_NAME_LENGTH:
        return (
            f"the name has {len(name)} characters, at most {ENTRY_NAME_LENGTH} are allowed "
            "because the API server appends six; {name:dns} shortens a value"
        )
    if not is_dns_label(name):
        return (
            "not a name: lower-case letters, digits and '-' are allowed, with a letter or digit at both ends; "
            "{name:dns} makes any value fit"
        )
    return ""
