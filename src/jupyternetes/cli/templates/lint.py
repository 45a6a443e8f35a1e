"""What the operators will say of a Template, before it is applied."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Struct

from jupyternetes.api.fields import fields_of
from jupyternetes.api.identity import API_VERSION, GROUP, MAX_NAME_LENGTH, TEMPLATE_KIND
from jupyternetes.api.template import OtherEntry, Template, TemplateSpec
from jupyternetes.cli.templates.manifests import Manifest, ManifestError, Place, manifests, read
from jupyternetes.operators.pods.acceptance import port_fault
from jupyternetes.operators.templates.finder import compile_as_operators
from jupyternetes.templating.jsontree import as_list, as_mapping
from jupyternetes.templating.others.kinds import ANY, Kinds
from jupyternetes.templating.problems import child_path
from jupyternetes.templating.schemas import Schemas, check
from jupyternetes.templating.variables.gather import suggestion

#: Bytes; etcd takes no more at once. https://etcd.io/docs/latest/dev-guide/limit/
_LARGEST: Final = 1.5 * 1024 * 1024
_TOO_LARGE: Final = "it is larger than an object may be"
_FIELDS: Final = ("apiVersion", "kind", "metadata", "spec", "status")
_NO_NAME: Final = "a Template needs a name, which is a text"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, at a place of a file and a JSON path of the Template there, whose name is ``called``."""

    place: Place
    path: str
    message: str
    called: str = ""

    def __str__(self) -> str:
        return ": ".join(filter(None, (str(self.place), self.called, self.path, self.message)))


def is_template(manifest: Manifest) -> bool:
    """Whether the manifest is a JupyterNotebookTemplate, of whatever version."""
    version = manifest.content.get("apiVersion")
    of_ours = isinstance(version, str) and version.partition("/")[0] == GROUP
    return of_ours and manifest.content.get("kind") == TEMPLATE_KIND


def findings(manifest: Manifest, schemas: Schemas, *, named: bool = False, kinds: Kinds = ANY) -> list[Finding]:
    """All that is wrong with a Template, in the order of its file.

    ``schemas``: of the Kubernetes that it is for. ``named``: say which Template it is. ``kinds``: those that other
    resources may be of.
    """
    called = _called(manifest.content) if named else ""
    found = [Finding(place, "$", f"the key {key!r} stands twice", called) for key, place in manifest.twice]
    found += [
        Finding(manifest.place(path), path, message, called) for path, message in _faults(manifest, schemas, kinds)
    ]
    return sorted(found, key=lambda each: (each.place.line, each.place.column))


def template_of(manifest: Manifest) -> Template:
    """The Template as the API server would hold it.

    Raises ManifestError for one that is too large, or whose metadata cannot be read.
    """
    if manifest.size > _LARGEST:
        raise ManifestError(f"{manifest.place('$')}: {_TOO_LARGE}")
    try:
        return msgspec.convert(manifest.content, Template)
    except msgspec.ValidationError:
        pass
    metadata = as_mapping(manifest.content.get("metadata"))
    if metadata is None or not isinstance(metadata.get("name"), str):
        raise ManifestError(f"{manifest.place('$.metadata')}: $.metadata: {_NO_NAME}")
    return Template.partial_decode(manifest.content)


def templates_in(file: str) -> list[Manifest]:
    """The Templates in a file. Raises ManifestError."""
    return [each for each in manifests(file, read(file)) if is_template(each)]


def one_template(file: str, name: str, way_out: str) -> Template:
    """The Template of this name in a file, or the only one. Raises ManifestError, with ``way_out`` if it is not one."""
    found = [template_of(each) for each in templates_in(file)]
    wanted = [each for each in found if name in ("", each.metadata.name)]
    if len(wanted) != 1:
        names = ", ".join(each.metadata.name for each in found) or "none"
        raise ManifestError(f"{way_out}; there are: {names}")
    return wanted[0]


def _called(content: Mapping[str, object]) -> str:
    """The Template's namespace and name, as far as it has them."""
    metadata = as_mapping(content.get("metadata")) or {}
    return "/".join(str(metadata[key]) for key in ("namespace", "name") if metadata.get(key))


def _faults(manifest: Manifest, schemas: Schemas, kinds: Kinds) -> Iterator[tuple[str, str]]:
    content = manifest.content
    if manifest.size > _LARGEST:
        yield "$", _TOO_LARGE
        return
    if content.get("apiVersion") != API_VERSION:
        yield "$.apiVersion", f"must be {API_VERSION}"
    yield from _unknown(content.keys(), _FIELDS, "$")
    metadata, spec = as_mapping(content.get("metadata")) or {}, as_mapping(content.get("spec"))
    name = metadata.get("name")
    if not isinstance(name, str):
        yield "$.metadata", _NO_NAME
        return
    if len(name) > MAX_NAME_LENGTH:
        yield "$.metadata.name", f"must have at most {MAX_NAME_LENGTH} characters: it stands in labels"
    if spec is None:
        yield "$.spec", "a Template needs a spec, which is an object"
        return
    yield from _unknown_fields(TemplateSpec, spec, "$.spec")
    template = template_of(manifest)
    compiled = compile_as_operators(template, kinds)
    for fault in template.unreadable:
        yield "$." + ".".join(fault.path).replace(".[", "["), fault.reason
    faulty = False
    for problem in (*compiled.problems, *check(compiled, schemas), port_fault(compiled)):
        if problem is not None:
            faulty = True
            yield problem.path, problem.message
    if template.refusal and not faulty:
        yield "$", f"the operators do not accept it: {template.refusal}"


def _unknown_fields(kind: type[Struct], source: Mapping[str, object], path: str) -> Iterator[tuple[str, str]]:
    """What the API server drops without a word. Where the operators see it, they say so themselves."""
    fields = {field.name: field for field in fields_of(kind)}
    if not (kind.__struct_config__.forbid_unknown_fields or issubclass(kind, OtherEntry)):
        yield from _unknown(source.keys(), fields, path)
    for name, field in fields.items():
        here, inner = child_path(path, name), field.inner.struct if field.inner is not None else None
        for place, struct, value in (
            (here, field.struct, source.get(name)),
            *((child_path(here, index), inner, item) for index, item in enumerate(as_list(source.get(name)) or ())),
        ):
            if struct is not None and (member := as_mapping(value)) is not None:
                yield from _unknown_fields(struct, member, place)


def _unknown(keys: Iterable[str], known: Collection[str], path: str) -> Iterator[tuple[str, str]]:
    for key in sorted(set(keys).difference(known)):
        yield child_path(path, key), f"there is no such field{suggestion(key, known)}"
