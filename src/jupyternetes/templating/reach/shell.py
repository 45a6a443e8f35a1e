"""Which words of a command a shell reads as code, and where in such code a quoted value stays one word."""

import re
from typing import Final

from jupyternetes.templating.lexer import Part, Placeholder

#: Those that read what the filter `shell` writes as it was meant.
_POSIX: Final = frozenset(
    {"sh", "bash", "rbash", "dash", "ash", "ksh", "mksh", "lksh", "pdksh", "zsh", "busybox", "toybox"}
)
_OTHERS: Final = frozenset({"fish", "csh", "tcsh", "elvish", "xonsh", "cmd.exe", "powershell", "pwsh"})
_SHELLS: Final = _POSIX | _OTHERS
#: Behind the name of a program: its version, how it was linked, and what Windows adds.
_TAIL: Final = re.compile(r"(?<=[a-z])(?:[-.]?[0-9][0-9.]*|-static)?(?:(?<!cmd)\.exe)?\s*\Z")
_LONGEST_NAME: Final = 255  # of a file, in bytes: NAME_MAX of Linux
_CODE_OPTION: Final = re.compile(r"[-+][A-Za-z]*c")
_WITH_ARGUMENT: Final = frozenset({"-o", "+o", "-O", "+O", "--rcfile", "--init-file"})
_NAMES: Final = "|".join(sorted(_SHELLS | {"su", "runuser", "script", "flock"}, key=len, reverse=True))
_BUILT_IN: Final = "eval|trap|let|source|declare|typeset"
#: Code for a second shell inside of code or of one word, as `env -S 'sh -c …'` has it, or for this one once more.
_INNER: Final = re.compile(
    rf"(?:^|[^\w.-])(?:{_NAMES})[0-9.]*(?:\.exe)?\s[^\n]*-[A-Za-z]*c\b"
    rf"|(?:^|[^\w-])(?:{_BUILT_IN})\s|(?:^|[;&|({{\n])\s*\.\s"
)
_HEREDOC: Final = "<<"
#: Between these bash computes, and runs what stands in the index of an array.
_COMPUTED: Final = (("((", "))"), ("[[", "]]"))


def program(word: str) -> str:
    """The name of the program that `word` starts, if it starts one; `""` if no file can have such a name."""
    name = re.split(r"[/\\]", word)[-1].rstrip()
    return _TAIL.sub("", name.lower()) if len(name) <= _LONGEST_NAME else ""


def is_shell(word: str) -> bool:
    return program(word) in _SHELLS


def reads_posix(word: str) -> bool:
    return program(word) in _POSIX


def is_option(word: str) -> bool:
    return word[:1] in ("-", "+") or (word[:1] == "/" and len(word) == 2)


def role(word: str) -> tuple[bool, ...]:
    """Words with the same role are treated alike."""
    return is_shell(word), reads_posix(word), is_option(word), says_code_follows(word), takes_argument(word)


def takes_argument(word: str) -> bool:
    """Whether the next word belongs to this option."""
    return word in _WITH_ARGUMENT


def says_code_follows(word: str) -> bool:
    """Whether the next word is code, as after `-c`, `-lc` and `-ec`; `/c` is that of Windows."""
    return _CODE_OPTION.fullmatch(word) is not None or word.lower() in {"/c", "/k", "-command"}


def starts_inner_shell(text: str) -> bool:
    """Whether what follows `text` in the same word would be code for another shell."""
    return _INNER.search(text) is not None


def unquoted(parts: tuple[Part, ...], index: int) -> bool:
    """Whether the placeholder at `index` of code stands where the filter `shell` makes it one word.

    Between quotes, in a comment, in a here-document or in arithmetic it would not.
    """
    before = "".join(part if isinstance(part, str) else _word(part) for part in parts[:index])
    computed = any(before.count(opening) > before.count(closing) for opening, closing in _COMPUTED)
    return not computed and _HEREDOC not in before and _state(before) == ""


def _word(placeholder: Placeholder) -> str:
    """What an inserted value counts as: a word that opens and closes nothing."""
    return placeholder.name


def _state(code: str) -> str:
    """What is open at the end of `code`: a quote, a backquote, a comment, a backslash, or nothing (`""`)."""
    state, before, escaped, word_begins = "", "", False, True
    for sign in code:
        if state == "#":
            if sign == "\n":
                state, word_begins = "", True
            continue
        if escaped:
            escaped, word_begins = False, False
            continue
        if sign == "\\" and state != "'":
            escaped = True
            continue
        if state:
            state = "" if sign == state[-1] else state
        elif sign in "'\"`":
            state = f"${sign}" if before == "$" else sign
        elif sign == "#" and word_begins:
            state = "#"
        word_begins, before = not state and sign in " \t\n;&|()", sign
    return "\\" if escaped else state
