"""Templates that are held against an API server's schemas, without an API server."""

from typing import Any, cast

from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.operators.templates.schema_check import SchemaCheck
from jupyternetes.operators.templates.server_schemas import ServerSchemas
from jupyternetes.templating.schemas import Schemas


def unchecked(finder: TemplateFinder) -> SchemaCheck:
    """The check as it is as long as the API server has not said what it knows."""
    nobody = cast("Any", None)
    return SchemaCheck(ServerSchemas(nobody, news=lambda: None), finder)


def checked(finder: TemplateFinder, schemas: Schemas) -> SchemaCheck:
    """The check against what an API server has said."""
    check = unchecked(finder)
    check.schemas.current = schemas
    return check
