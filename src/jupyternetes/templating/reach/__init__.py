"""Reach: how far what an Instance says may reach into the objects that are made for it.

`levels`: what a value can be; `table`: what may stand where, the one list to review; `places`: the table as a tree;
`provenance`: what each placeholder is; `check`: a Template against the table; `commands`, `shell`: free text that would
be run as code; `parts`: free text in paths.
"""

from jupyternetes.templating.reach.check import check_reach
from jupyternetes.templating.reach.provenance import Provenance
from jupyternetes.templating.reach.table import PLACES, Places

__all__ = ["PLACES", "Places", "Provenance", "check_reach"]
