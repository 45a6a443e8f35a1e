"""Filters: a value made fit for a place that has a syntax of its own, as `{name:filter}`."""

import hashlib
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

import msgspec

from jupyternetes.api.slugs import dns_slug, label_slug


def _json(text: str) -> str:
    return msgspec.json.encode(text)[1:-1].decode()


def _url(text: str) -> str:
    return quote(text, safe="")


def _shell(text: str) -> str:
    """Quoted also where `shlex.quote` sees no need: `fi` is a word of the shell's own, and `A=b` sets a variable.

    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_04
    """
    return "'" + text.replace("'", "'\"'\"'") + "'"


_LONGEST: Final = 48  # characters of a slug of KubeSpawner's
_HASHED: Final = 8  # of these, the end of a digest
_AS_IT_IS: Final = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")


def _kubespawner(text: str) -> str:
    """What KubeSpawner 7 fills in for `{username}` or `{servername}`, and for `user/server` as `{user_server}`.

    It is nothing for a server without a name, and has at most 48 characters.
    https://jupyterhub-kubespawner.readthedocs.io/en/latest/templates.html
    """
    user, slash, server = text.partition("/")
    slugs = [_safe_slug(name) if name else "" for name in (user, server)]
    if slash and len("--".join(slugs)) > _LONGEST:
        longest = (_LONGEST - _HASHED - 1) // 2 - len("--")
        readable = "--".join(_readable(name, longest) for name in (user, server))
        return f"{readable}---{_digest(user, server)}"
    return "--".join(filter(None, slugs))


def _kubespawner_escape(text: str) -> str:
    """The same by the scheme of KubeSpawner before 7: every other byte of a name is `-` and its number, as in `a-2db`.

    https://jupyterhub-kubespawner.readthedocs.io/en/latest/templates.html#upgrading-from-kubespawner-7
    """
    user, _, server = text.partition("/")
    return "--".join(filter(None, map(_escaped, (user, server))))


def _safe_slug(name: str) -> str:
    if "--" not in name and len(name) <= _LONGEST and _AS_IT_IS.fullmatch(name):
        return name
    return f"{_readable(name, _LONGEST - _HASHED - len('---'))}---{_digest(name)}"


def _readable(name: str, longest: int) -> str:
    text = re.sub(r"[^a-z0-9]+", "-", name.lower()).lstrip("-")[:longest].rstrip("-") or "x"
    return text if "a" <= text[0] <= "z" else f"x-{text[: longest - 2]}"


def _digest(*names: str) -> str:
    return hashlib.sha256(b"\xff".join(_bytes(name) for name in names)).hexdigest()[:_HASHED]


def _escaped(name: str) -> str:
    return "".join(each if re.fullmatch("[a-z0-9]", each) else _numbers(each) for each in name)


def _numbers(sign: str) -> str:
    return "".join(f"-{byte:x}" for byte in _bytes(sign))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


FILTERS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "json": _json,
        "url": _url,
        "label": label_slug,
        "dns": dns_slug,
        "shell": _shell,
        "kubespawner": _kubespawner,
        "kubespawner-escape": _kubespawner_escape,
    }
)

#: Those that make any text a name.
NAME_FILTERS: Final = frozenset({"dns", "label", "kubespawner", "kubespawner-escape"})
