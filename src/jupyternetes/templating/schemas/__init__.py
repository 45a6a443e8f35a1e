"""What Kubernetes itself knows of pods and claims, and a Template held against it.

No I/O: the API server's OpenAPI document is handed in as bytes.
"""

from jupyternetes.templating.schemas.check import check
from jupyternetes.templating.schemas.schema import SchemaError, Schemas

__all__ = ["SchemaError", "Schemas", "check"]
