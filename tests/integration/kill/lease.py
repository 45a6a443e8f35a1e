"""The Lease of the operators that are killed, and what waits for it.

``LEASE`` in the environment is its duration in seconds. Writes get four fifths of a short one, as they do of the usual
15 s; with 15 and with 35 they outlast admission webhooks of 10 s and of 30 s.
"""

import os
from typing import Final

LEASE_SECONDS: Final = float(os.environ.get("LEASE", "3"))
STRETCH: Final = max(1.0, LEASE_SECONDS / 10)
"""How much longer everything may take than with a short one."""
