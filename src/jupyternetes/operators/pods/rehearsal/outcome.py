"""What the API server's answers to dry runs say of a Template."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jupyternetes.api import reasons, rehearsal_reasons
from jupyternetes.api.answers import lacks_right, reason_of
from jupyternetes.api.bounds import cut
from jupyternetes.api.conditions import Status
from jupyternetes.api.reasons import Reason
from jupyternetes.operators.status.failures import steady_words
from jupyternetes.runtime.errors import ApiError, Forbidden, Invalid, NotFound, UnknownOutcome, Unreachable
from jupyternetes.templating import Problem, summary

_LENGTH: Final = 1000
"""Characters of one answer that are kept."""
_SEVERAL: Final = 3
"""So many answers are quoted."""
_PROBLEMS_LENGTH: Final = 2000
#: The API server's own words where a webhook's ``sideEffects`` are others than None and NoneOnDryRun
#: (k8s.io/apiserver/pkg/admission/plugin/webhook/errors). https://github.com/kubernetes/kubernetes/issues/66936
_NO_DRY_RUN: Final = "does not support dry run"
#: Words of refusals that no text of an output can bring about: it may not stand where Pod Security looks.
#: https://kubernetes.io/docs/concepts/security/pod-security-admission/
_CERTAIN: Final = ("violates PodSecurity", "unknown field")


@dataclass(frozen=True, slots=True)
class Answer:
    """To the dry run of one pod: ``error`` is why it was refused, or what went wrong; None: it would be made.

    ``made_up``: where in it a text stands for an output of another resource, and might be refused for what it is.
    """

    entry: str
    body: Mapping[str, object]
    error: ApiError | UnknownOutcome | Unreachable | None = None
    warnings: tuple[str, ...] = ()
    made_up: str = ""

    @property
    def says(self) -> str:
        """The server's words, the same at each attempt."""
        error = self.error.refusal or self.error if isinstance(self.error, UnknownOutcome) else self.error
        text = error.message if isinstance(error, ApiError) else str(error)
        return cut(steady_words(text, self.body), _LENGTH)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a rehearsal: what the condition is to say.

    ``passes``: the cause may go within seconds, so it is worth another attempt.
    """

    status: Status
    reason: Reason
    message: str
    passes: bool = False


def is_gone(answer: Answer) -> bool:
    """Whether the namespace is not there, or is on its way out."""
    error = answer.error
    terminating = isinstance(error, Forbidden) and reason_of(error) is reasons.NAMESPACE_TERMINATING
    return terminating or isinstance(error, NotFound)


def outcome_of(answers: Sequence[Answer], namespace: str) -> Outcome:
    """What all ``answers`` in one namespace say together: a refusal counts more than a doubt."""
    told = [(answer, *_meaning(answer)) for answer in answers if answer.error is not None]
    if not told:
        warnings = [f"pod {answer.entry}: {text}" for answer in answers for text in _warnings(answer)]
        noted = f" It warns: {'; '.join(warnings)}." if warnings else ""
        return Outcome("True", rehearsal_reasons.REHEARSED, f"{_tried(answers, namespace)}{noted}")
    refused = [each for each in told if each[1] == "False"] or told
    _, status, reason, _ = refused[0]
    words = "; ".join(_words(answer, why) for answer, _, why, _ in refused[:_SEVERAL])
    more = f"; and {len(refused) - _SEVERAL} more" if len(refused) > _SEVERAL else ""
    message = f"In namespace {namespace}: {words}{more}. {reason.advice}"
    return Outcome(status, reason, message, passes=any(passes for *_, passes in refused))


def _words(answer: Answer, reason: Reason) -> str:
    what = f"pod {answer.entry}"
    if reason is rehearsal_reasons.NEEDS_OUTPUTS:
        what = f"{what}, with a made-up text at {answer.made_up}"
    return f"{what}: {answer.says}"


def not_filled(problems: Iterable[Problem]) -> Outcome:
    """Defaults and first choices are not enough."""
    reason = rehearsal_reasons.NEEDS_VALUES
    return Outcome("Unknown", reason, f"{summary(problems, limit=_PROBLEMS_LENGTH)}. {reason.advice}")


def nowhere(tried: Sequence[str]) -> Outcome:
    """There is no namespace to try it in; ``tried`` are gone."""
    reason = rehearsal_reasons.NO_NAMESPACE
    gone = f" These are not there: {', '.join(tried)}." if tried else ""
    return Outcome("Unknown", reason, f"{reason.sentence}{gone} {reason.advice}")


def _tried(answers: Sequence[Answer], namespace: str) -> str:
    names = ", ".join(answer.entry for answer in answers)
    if not names:
        return "With its defaults and first choices the Template makes no pod."
    tried = f"Tried in namespace {namespace}, with defaults and first choices: {names}."
    return f"{rehearsal_reasons.REHEARSED.sentence} {tried} Claims were not tried."


def _meaning(answer: Answer) -> tuple[Status, Reason, bool]:
    """Status and reason of an answer that is no success, and whether its cause may go within seconds."""
    error = answer.error
    if isinstance(error, ApiError) and _NO_DRY_RUN in error.message:
        return "Unknown", rehearsal_reasons.DRY_RUN_UNSUPPORTED, False
    if not isinstance(error, Forbidden | Invalid):
        return "Unknown", rehearsal_reasons.REHEARSAL_FAILED, True
    known = reason_of(error)
    if known is reasons.QUOTA_EXCEEDED:
        return "Unknown", reasons.QUOTA_EXCEEDED, "exceeded quota" not in error.message
    if lacks_right(error):
        return "Unknown", rehearsal_reasons.REHEARSAL_FAILED, False
    if answer.made_up and not any(words in answer.says for words in _CERTAIN):
        return "Unknown", rehearsal_reasons.NEEDS_OUTPUTS, False
    return "False", rehearsal_reasons.REHEARSAL_REFUSED, known is reasons.SERVICE_ACCOUNT_NOT_FOUND


def _warnings(answer: Answer) -> list[str]:
    return [cut(steady_words(text, answer.body), _LENGTH) for text in answer.warnings[:_SEVERAL]]
