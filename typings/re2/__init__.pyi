"""The part of google-re2 that we use; it comes without types."""

class error(Exception):  # noqa: N801, N818 - its name there
    args: tuple[bytes | str, ...]

class Options:
    max_mem: int
    log_errors: bool
    never_capture: bool

class _Regexp:
    @property
    def programsize(self) -> int: ...
    def fullmatch(self, text: str) -> object | None: ...

def compile(pattern: str, options: Options | None = None) -> _Regexp: ...  # noqa: A001 - its name there
