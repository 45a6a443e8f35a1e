"""What a process has when it is ready is left out of later collections of garbage."""

import subprocess
import sys


def run(code: str) -> str:
    """Run in a process of its own: the heap of this one is the tests'."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_what_is_there_is_not_looked_through_again() -> None:
    code = "import gc; from jupyternetes.runtime.heap import settle; settle(); print(len(gc.get_objects()) < 100)"

    assert run(code) == "True"


def test_garbage_that_comes_later_is_found() -> None:
    code = """
import gc
from jupyternetes.runtime.heap import settle
settle()
class Loop: pass
loop = Loop(); loop.itself = loop
del loop
settle()
print(gc.collect() > 0)
"""
    assert run(code) == "True"
