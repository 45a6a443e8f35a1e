"""The part of cel-expr-python that we use; its own types need protobuf, which it does not install."""

from collections.abc import Callable, Mapping, Sequence

class Type:
    BOOL: Type
    DOUBLE: Type
    DYN: Type
    INT: Type
    STRING: Type
    def name(self) -> str: ...

class Value:
    def type(self) -> Type: ...
    def value(self) -> object: ...

class Expression:
    def eval(self, *, data: Mapping[str, object]) -> Value: ...
    def return_type(self) -> Type: ...

class Env:
    def compile(self, expression: str) -> Expression: ...

class EnvConfig: ...

class Overload:
    def __init__(
        self,
        *,
        id: str,  # noqa: A002 - its name there
        return_type: Type,
        parameters: Sequence[Type],
        is_member: bool,
        impl: Callable[[str], float],
    ) -> None: ...

class FunctionDecl:
    def __init__(self, name: str, overloads: Sequence[Overload]) -> None: ...

def NewEnvConfigFromYaml(yaml: str) -> EnvConfig: ...  # noqa: N802 - its name there
def NewEnv(  # noqa: N802 - its name there
    *, config: EnvConfig, variables: Mapping[str, Type], functions: Sequence[FunctionDecl]
) -> Env: ...
