"""Placeholders: a Template and the variables of an Instance become the objects that operators create.

No I/O. What a Template can say stands in `api.template`; of pod and claim specs only what substitution needs is known
here, they are plain JSON. A Template is compiled once (`compile_template`) and rendered for many Instances (`render`).
"""

from jupyternetes.templating.entry import CompiledEntry
from jupyternetes.templating.problems import Problem, summary
from jupyternetes.templating.references import PODS, PVCS
from jupyternetes.templating.render import Invalid, Ready, Rendering, Result, Waiting, render
from jupyternetes.templating.template import CompiledTemplate, compile_as_operators, compile_spec, compile_template
from jupyternetes.templating.variables.declarations import MISSING, Declaration
from jupyternetes.templating.variables.gather import InstanceFacts

__all__ = [
    "MISSING",
    "PODS",
    "PVCS",
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
    "compile_as_operators",
    "compile_spec",
    "compile_template",
    "render",
    "summary",
]
