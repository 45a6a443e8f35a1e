"""Secrets that stand in log lines, made unreadable before anybody sees the lines."""

import re
from typing import Final

MASK: Final = "***"

#: What names a secret: as a query parameter, a key of JSON or YAML, an environment variable, a header.
_NAMES: Final = (
    r"(?:api[_-]?key|api[_-]?token|token|secret|passwo?r?d|passwd|pwd|cookie|_xsrf|code|state|sig(?:nature)?)"
)
_PATTERNS: Final = (
    # user:password@host of a URL
    (re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+(?=@)"), rf"\1:{MASK}"),
    # headers that carry credentials, to the end of the line
    (re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)([\"']?\s*[:=]\s*)[^\r\n]+"), rf"\1\2{MASK}"),
    (re.compile(r"(?i)\b(bearer|basic|token)(\s+)[A-Za-z0-9._~+/=-]{8,}"), rf"\1\2{MASK}"),
    # name=value and "name": "value", whatever stands before the name
    (re.compile(rf"(?i)([\w-]*{_NAMES}[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'&,;}}\])]+)"), rf"\1{MASK}"),
    # JSON web tokens, and JupyterHub's own tokens: 32 hexadecimal digits
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), MASK),
    (re.compile(r"\b[0-9a-f]{32}\b"), MASK),
)


def mask(text: str) -> str:
    """``text`` without what looks like a credential; rather too much is masked than too little."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
