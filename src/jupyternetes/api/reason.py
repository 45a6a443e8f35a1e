"""What a reason is: a word for programs, a sentence for people, and whether waiting can help."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a server is as it is.

    ``sentence`` says it to the user of the server, ``advice`` to whoever can do something about it (empty when there
    is nothing to do). ``final``: waiting cannot cure it, so that a start ends at once instead of at its time limit.
    ``by_hub``: only the hub gives it, and what a cluster reports under the same name is something else.
    """

    name: str
    sentence: str
    advice: str = ""
    final: bool = False
    by_hub: bool = False

    def __str__(self) -> str:
        return self.name
