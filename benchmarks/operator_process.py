"""``jupyternetes operator …`` with a clock on its event loop; otherwise the command as it is shipped.

Run as ``python -m benchmarks.operator_process FILE pods --option …``. On SIGUSR1 it writes to FILE how long its loop
has stalled since the last time, and begins anew.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from benchmarks.stalls import Stalls
from jupyternetes.cli import main


def _with_clock(file: Path) -> type[asyncio.Runner]:
    class Runner(asyncio.Runner):  # type: ignore[misc]  # final for type checkers only
        def run(self, coro: Coroutine[Any, Any, Any], **options: Any) -> Any:
            return super().run(self._clocked(coro), **options)

        async def _clocked(self, coro: Coroutine[Any, Any, Any]) -> Any:
            stalls = Stalls()
            stalls.start()
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, write, stalls)
            return await coro

    def write(stalls: Stalls) -> None:
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(stalls.figures()))
        unfinished.replace(file)
        stalls.reset()

    return Runner


if __name__ == "__main__":
    asyncio.Runner = _with_clock(Path(sys.argv[1]))  # type: ignore[misc]
    sys.argv[:] = ["jupyternetes", "operator", *sys.argv[2:]]
    main()
