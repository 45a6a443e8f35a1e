"""Slugs: any text made fit for a label value or a DNS label.

A text that already fits stays as it is, and every other one is marked with a digest of the original, so that two texts
never become one slug. A text that itself looks as if it carried such a digest is given another one: nobody can choose
a user name that equals the slug of somebody else's.
"""

import base64
import hashlib
import re
import unicodedata
from typing import Final

_READABLE: Final = 32  # characters of the original in a slug: with the digest 47, which leaves room for a prefix
_DIGEST: Final = 13  # characters of base32: 65 bits, too many to search for a second text with the same digest
_DIGESTED: Final = re.compile(rf"--[a-z2-7]{{{_DIGEST}}}$")
_LABEL_VALUE: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
_DNS_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NOT_LABEL: Final = re.compile(r"[^A-Za-z0-9._-]+")
_NOT_DNS: Final = re.compile(r"[^a-z0-9-]+")


def is_label_value(text: str) -> bool:
    """Whether ``text`` may be the value of a label, which the empty text may.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
    """
    return _LABEL_VALUE.fullmatch(text) is not None


def is_dns_label(text: str) -> bool:
    """Whether ``text`` is a DNS label as RFC 1123 has it.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
    """
    return _DNS_LABEL.fullmatch(text) is not None


def label_slug(text: str) -> str:
    """A label value of at most 63 characters that stands for ``text`` alone; a label value stays as it is."""
    if is_label_value(text) and not _DIGESTED.search(text):
        return text
    return _digested(_NOT_LABEL.sub("-", _ascii(text)), text)


def dns_slug(text: str) -> str:
    """A DNS label of at most 63 characters that stands for ``text`` alone; a DNS label stays as it is."""
    if is_dns_label(text) and not _DIGESTED.search(text):
        return text
    return _digested(_NOT_DNS.sub("-", _ascii(text).lower()), text)


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _digested(readable: str, original: str) -> str:
    # A lone surrogate has no UTF-8; a name read from JSON may hold one all the same.
    digest = base64.b32encode(hashlib.sha256(original.encode("utf-8", "surrogatepass")).digest()).decode().lower()
    return f"{readable.lstrip('-_.')[:_READABLE].strip('-_.') or 'x'}--{digest[:_DIGEST]}"
