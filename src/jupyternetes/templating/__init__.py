"""Placeholders: a Template and the variables of an Instance become the objects that operators create.

No I/O, and no knowledge of the kinds beyond what substitution needs: decoded JSON goes in and comes out. A Template is
compiled once (`compile_template`) and rendered for many Instances (`render`).
"""

from jupyternetes.templating.declarations import MISSING, Declaration
from jupyternetes.templating.entry import CompiledEntry
from jupyternetes.templating.problems import Problem, summary
from jupyternetes.templating.render import Invalid, Ready, Rendering, Result, Waiting, render
from jupyternetes.templating.template import CompiledTemplate, compile_template
from jupyternetes.templating.variables import InstanceFacts

__all__ = [
    "MISSING",
    "CompiledEntry",
    "CompiledTemplate",
    "Declaration",
    "InstanceFacts",
    "Invalid",
    "Problem",
    "Ready",
    "Rendering",
    "Result",
    "Waiting",
    "compile_template",
    "render",
    "summary",
]
