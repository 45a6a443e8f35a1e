"""Secrets that stand in texts of others, made unreadable before anybody sees the texts."""

import re
from typing import Final

MASK: Final = "***"
#: Characters that are shown of a message where one of any length may come.
_LONGEST: Final = 300

#: Words that name a secret, wherever in a longer name they stand: a key of JSON, an environment variable, a setting.
_NAMES: Final = (
    r"(?:token|secret|passwo?r?d|passwd|passphrase|pwd|cookie|credential|session[_-]?id|_xsrf"
    r"|(?:api|access|private|crypt|secret|auth)[_-]?key)"
)
_VALUE: Final = r"(?:\\?\"(?:[^\"\\]|\\[^\"])*\\?\"|b?'[^'\n]*'|[^\s\"'&;}}\])]+)"
_PATTERNS: Final = (
    # What stands before the last @ of an address: a token alone, or a user and a password that may hold / and @.
    (re.compile(r"(://)[^\s@\"'<>]{1,500}@(?:[^\s@/\"'<>]{0,500}@)*"), rf"\1{MASK}@"),
    # Headers that carry credentials, to the end of the line.
    (re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(\\?[\"']?\s*[:=]\s*)[^\r\n]+"), rf"\1\2{MASK}"),
    (re.compile(r"(?i)\b(bearer|basic|token)(\s+)[A-Za-z0-9._~+/=-]{8,}"), rf"\1\2{MASK}"),
    # Parameters of OAuth, which are ordinary words elsewhere.
    (re.compile(r"(?i)([?&](?:code|state|sig|signature)=)[^&\s\"']+"), rf"\1{MASK}"),
    # name=value, name: value and "name": "value"; also as a part of a URL within a URL.
    (re.compile(rf"(?i)({_NAMES}\w{{0,40}}\\?[\"']?\s{{0,8}}(?:[=:]|%3D)\s{{0,8}}){_VALUE}"), rf"\1{MASK}"),
    (re.compile(rf"(?i)(--[\w-]{{0,40}}{_NAMES}[\w-]{{0,40}}\s{{1,8}}){_VALUE}"), rf"\1{MASK}"),
    # JSON web tokens, and keys and tokens of 32 and more hexadecimal digits, as JupyterHub's are.
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), MASK),
    (re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{32,}(?![0-9a-fA-F])"), MASK),
)


def mask(text: str) -> str:
    """``text`` without what looks like a credential; rather too much is masked than too little."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def excerpt(text: str) -> str:
    """The beginning of ``text``, masked before it is cut: half of an address with a password is not recognised."""
    return mask(text)[:_LONGEST]
