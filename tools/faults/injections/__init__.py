"""How is each fault made, for real, and healed?

Each is a context manager that makes the fault and heals it in the end. It gives the time, by `time.monotonic`, at which
the fault was there. None touches the machine's own disk, network or processes: volumes that fill are in memory, rules
stand in the network of one pod, and signals go to processes of the cluster only.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeAlias

from tools.faults.site import Site

Injection: TypeAlias = Callable[[Site], AbstractContextManager[float]]
