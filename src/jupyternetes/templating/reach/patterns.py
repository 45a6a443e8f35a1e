"""Whether a pattern is a bound at all: `.*` and its disguises are none.

RE2 does not tell what a pattern takes, so it is asked for texts that no author of a bound would want: one sign alone,
many times, with and without letters and digits round it.
"""

from typing import Final

from jupyternetes.templating.variables.patterns import Pattern

_SIGNS: Final = '/:$";é'
_FRAMES: Final = ("{}", "a{}", "{}a", "A{}", "0{}0", "aA0-{}-0Aa")
_LENGTHS: Final = (*range(1, 9), 10, 12, 16, 20, 24, 32, 40, 48, 63, 64)
_PROBES: Final = tuple(
    tuple(frame.format(sign * length) for sign in _SIGNS) for length in _LENGTHS for frame in _FRAMES
)


def takes_anything(pattern: Pattern) -> bool:
    """Whether texts of any signs match `pattern`, at least at one length."""
    return any(all(map(pattern.matches, probe)) for probe in _PROBES)
