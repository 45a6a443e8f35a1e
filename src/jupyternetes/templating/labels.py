"""Labels and annotations of an entry: rendered, and checked before the API server sees them."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from jupyternetes.templating.names import annotation_key_fault, label_key_fault, label_value_fault
from jupyternetes.templating.nodes import Node, RenderText, Static
from jupyternetes.templating.positions import TEXT
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.scope import Scope
from jupyternetes.templating.tree import SAME_KEY, TreeCompiler

Fault = Callable[[str], str]
_RESERVED: Final = "the operators set this label themselves; remove it from the Template"


def compile_labels(compiler: TreeCompiler, written: Mapping[str, str], path: str, *, reserved: Collection[str]) -> Node:
    """The `labels` of an entry. None may have a key of `reserved`."""

    def key_fault(key: str) -> str:
        return _RESERVED if key in reserved else label_key_fault(key)

    return _compile(compiler, written, path, key_fault, label_value_fault)


def compile_annotations(compiler: TreeCompiler, written: Mapping[str, str], path: str) -> Node:
    """The `annotations` of an entry; their values may be any text."""
    return _compile(compiler, written, path, annotation_key_fault, lambda _: "")


def _compile(
    compiler: TreeCompiler, written: Mapping[str, str], path: str, key_fault: Fault, value_fault: Fault
) -> Node:
    base: dict[str, object] = {}
    rendered: list[tuple[str, str | RenderText, Node]] = []
    for written_key, member in written.items():
        here = child_path(path, written_key)
        key, node = compiler.text(written_key, here, TEXT), compiler.compile(member, here, TEXT)
        faults = [key_fault(key)] if isinstance(key, str) else []
        faults += [value_fault(str(node.value))] if isinstance(node, Static) else []
        compiler.problems.extend(Problem(here, fault) for fault in faults if fault)
        if isinstance(key, str) and isinstance(node, Static):
            base[key] = node.value
        else:
            rendered.append((here, key, node))
    return _node(base, rendered, key_fault, value_fault)


def _node(
    base: dict[str, object], rendered: list[tuple[str, str | RenderText, Node]], key_fault: Fault, value_fault: Fault
) -> Node:
    if not rendered:
        return Static(base)

    def render(scope: Scope) -> object:
        out = base.copy()
        for path, written_key, node in rendered:
            key = written_key
            if not isinstance(key, str):
                key = key(scope)
                if fault := key_fault(key):
                    scope.report(path, fault)
            if key in out and not scope.problems and not scope.needs:
                scope.report(path, SAME_KEY)
            if isinstance(node, Static):
                out[key] = node.value
                continue
            value = node(scope)
            if value is None:
                continue
            out[key] = text = str(value)
            if fault := value_fault(text):
                scope.report(path, fault)
        return out

    return render
