"""Free text that would be run as code: in words that a shell reads, and in a container that may do more than others."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from jupyternetes.templating.jsontree import as_list, as_mapping
from jupyternetes.templating.lexer import Part, Placeholder
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.reach import shell
from jupyternetes.templating.reach.levels import Reach
from jupyternetes.templating.reach.provenance import Provenance

_COMMAND: Final = "command"
_ARGS: Final = "args"
#: Of the command lines that choices make up, so many words are looked at; and of one word so much.
_WORDS: Final = 4096
_PARTS: Final = 64
_CHARACTERS: Final = 16_384
_BOUND: Final = "bound the value with a pattern, enum or choices"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a command line, written at `path`. `many`: it is a whole list that an Instance gives."""

    path: str
    parts: tuple[Part, ...]
    many: bool = False

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else "\0" for part in self.parts)

    @property
    def is_large(self) -> bool:
        return len(self.parts) > _PARTS or len(self.text) > _CHARACTERS


@dataclass(frozen=True, slots=True)
class CommandCheck:
    """Checks the containers of one pod, whose spec is `pod`."""

    provenance: Provenance
    pod: Mapping[str, object]

    def check(self, container: Mapping[str, object], path: str) -> Iterator[Problem]:
        """The problems of `container`, which is written at `path`."""
        lines: list[list[_Word]] = []
        words = 0
        for line in self._lines(container, path):
            words += len(line)
            if lines and words > _WORDS:
                message = f"the choices make up too many commands to look at with free text in them: {_BOUND}"
                yield from (Problem(path, message) for each in lines if any(map(self._is_free, each)))
                return
            lines.append(line)
        if not any(self._is_free(word) for line in lines for word in line):
            return
        why = self._may_do_more(container)
        for line in lines:
            if large := [word for word in line if word.is_large and self._is_free(word)]:
                yield from (Problem(word.path, f"too long to look at with free text in it: {_BOUND}") for word in large)
                return
            if why:
                yield from self._not_for_more(line, why)
            yield from self._read_by_shells(line)

    # what the command line may be

    def _lines(self, container: Mapping[str, object], path: str) -> Iterator[list[_Word]]:
        """Every command line that the choices make up, but of words that no shell treats differently only one."""
        both = (
            self.provenance.alternatives(container.get(field), child_path(path, field)) for field in (_COMMAND, _ARGS)
        )
        for command, args in product(*both):
            slots = [slot for value, at in (command, args) for slot in self._slots(value, at)]
            for line in product(*slots):
                yield [word for word in line if word is not None]

    def _slots(self, value: object, path: str) -> Iterator[list[_Word | None]]:
        """Of each place in a list what may stand there."""
        if isinstance(value, str):
            yield [_Word(path, self.provenance.parts(value), many=True)]
        for index, item in enumerate(as_list(value) or ()):
            slot: dict[object, _Word | None] = {}
            for each, at in self.provenance.alternatives(item, child_path(path, index)):
                word = _Word(at, self.provenance.parts(each)) if isinstance(each, str) else None
                slot.setdefault(word if word is None or "\0" in word.text else shell.role(word.text), word)
            yield list(slot.values())

    def _is_free(self, word: _Word) -> bool:
        return any(self._free(part) for part in word.parts)

    def _free(self, part: Part) -> bool:
        return isinstance(part, Placeholder) and self.provenance.of(part) is Reach.FREE

    # containers that may do more than others

    def _may_do_more(self, container: Mapping[str, object]) -> str:
        own, pods = (list(self._maps(each.get("securityContext"))) for each in (container, self.pod))
        if any("{" in key for each in (*own, *pods) for key in each):
            return "has a security context whose fields are not known"
        if any(_is_set(value) for value in self._fields(own, "privileged")):
            return "is privileged"
        if any(value for each in self._maps_in(own, "capabilities") for value in self._values(each.get("add"))):
            return "adds capabilities"
        windows = [*self._maps_in(own, "windowsOptions"), *self._maps_in(pods, "windowsOptions")]
        if any(_is_set(value) for value in self._fields(windows, "hostProcess")):
            return "is a process of the host"
        users = self._fields(own, "runAsUser")
        if None in users:
            users += self._fields(pods, "runAsUser")
        return "runs as root" if any(_is_root(user) for user in users) else ""

    def _values(self, value: object) -> list[object]:
        return [each for each, _ in self.provenance.alternatives(value, "")]

    def _fields(self, maps: Sequence[Mapping[str, object]], name: str) -> list[object]:
        return [value for each in maps for value in self._values(each.get(name))]

    def _maps(self, value: object) -> Iterator[Mapping[str, object]]:
        for each in self._values(value):
            yield as_mapping(each) or {}

    def _maps_in(self, maps: Sequence[Mapping[str, object]], name: str) -> list[Mapping[str, object]]:
        return [found for each in maps for found in self._maps(each.get(name))]

    def _not_for_more(self, words: Sequence[_Word], why: str) -> Iterator[Problem]:
        for word in words:
            for part in word.parts:
                if self._free(part) and isinstance(part, Placeholder) and (word.many or part.filter != "shell"):
                    way_out = _BOUND if word.many else f"write {{{part.name}:shell}}, or {_BOUND}"
                    message = f"{{{part.name}}} is free text, and this container {why}: {way_out}"
                    yield Problem(word.path, message)

    # words that a shell reads

    def _read_by_shells(self, words: Sequence[_Word]) -> Iterator[Problem]:
        name = None  # the word that code finds in "$0"; it is written as a shell's, and starts none
        for index, word in enumerate(words):
            yield from self._inner(word)
            if index != name and (shell.is_shell(word.text) or (index == 0 and self._may_be_any_program(word))):
                past = yield from self._behind_shell(words[index + 1 :], posix=shell.reads_posix(word.text))
                name = index + 1 + past
            elif shell.says_code_follows(word.text) and index + 1 < len(words):
                yield from self._code(words[index + 1], posix=True)

    def _may_be_any_program(self, word: _Word) -> bool:
        return "\0" in shell.program(word.text) and not self._is_free(word)

    def _inner(self, word: _Word) -> Iterator[Problem]:
        before = ""
        for part in word.parts:
            if isinstance(part, str):
                before += part
                continue
            if self._free(part) and shell.starts_inner_shell(before):
                message = f"{{{part.name}}} is free text, and a second shell reads it here as code: {_BOUND}"
                yield Problem(word.path, message)
                return
            before += part.name

    def _behind_shell(self, words: Sequence[_Word], *, posix: bool) -> Generator[Problem, None, int]:
        """The options of a shell, and the code or the script behind them; what follows these is data.

        Gives the place behind the code; -1 if there is none.
        """
        code = argument = False
        for index, word in enumerate(words):
            text, free = word.text, self._is_free(word)
            option = not argument and shell.is_option(text)
            if free and (argument or option or not code):
                yield from self._option(word)
            elif free:
                yield from self._code(word, posix=posix)
            opens = text.startswith("\0")  # with what may be an option as well
            if not (argument or option or opens):
                return index + 1 if code else -1
            code = code or opens or (option and shell.says_code_follows(text))
            argument = option and shell.takes_argument(text)
        return -1

    def _option(self, word: _Word) -> Iterator[Problem]:
        for part in word.parts:
            if isinstance(part, Placeholder) and self._free(part):
                message = (
                    f"{{{part.name}}} is free text, and could be an option of the shell before it, such as -c: "
                    f"{_BOUND}, or hand the value over in an environment variable"
                )
                yield Problem(word.path, message)

    def _code(self, word: _Word, *, posix: bool) -> Iterator[Problem]:
        for index, part in enumerate(word.parts):
            if not isinstance(part, Placeholder) or not self._free(part):
                continue
            what = f"{{{part.name}}} is free text, and a shell reads it here as code"
            quoted = f"{{{part.name}:shell}}"
            other = "or hand the value over in an environment variable"
            if word.many or not posix:
                yield Problem(word.path, f"{what}: {_BOUND}, {other}")
            elif part.filter != "shell":
                yield Problem(word.path, f"{what}: write {quoted}, {other}")
            elif not shell.unquoted(word.parts, index):
                yield Problem(word.path, f"{what}: {quoted} is one word only outside of quotes and comments, {other}")


def _is_set(value: object) -> bool:
    return value is not None and value is not False


def _is_root(user: object) -> bool:
    """Whether `user`, of a security context, is root or not known."""
    return user is not None and not (isinstance(user, int | float) and user != 0)
