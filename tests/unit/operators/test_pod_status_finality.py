"""When a start is given up early: one row a piece of evidence."""

import pytest

from jupyternetes.operators.pod_status.finality import (
    RULES,
    Evidence,
    Failure,
    final_reason,
    is_refused_pull,
    seconds_left,
)

TABLE = [
    # what, how often, for how many seconds, the reason to give up
    (Failure.SERVER_ENDS, 1, 0, None),
    (Failure.SERVER_ENDS, 2, 10_000, None),
    (Failure.SERVER_ENDS, 3, 0, "ServerKeepsFailing"),
    (Failure.OTHER_ENDS, 1, 0, None),
    (Failure.OTHER_ENDS, 4, 119.9, None),
    (Failure.OTHER_ENDS, 5, 0, "ContainerKeepsFailing"),
    (Failure.OTHER_ENDS, 1, 120, "ContainerKeepsFailing"),
    (Failure.OTHER_STAYS_ENDED, 1, 0, "ContainerKeepsFailing"),
    (Failure.PULL_REFUSED, 1, 10_000, None),
    (Failure.PULL_REFUSED, 2, 0, "ImagePullFailed"),
    (Failure.PULL_FAILS, 100, 119.9, None),
    (Failure.PULL_FAILS, 1, 120, "ImagePullFailed"),
]


@pytest.mark.parametrize(("failure", "times", "seconds", "reason"), TABLE)
def test_start_is_given_up_only_on_enough_evidence_C05_C06(
    failure: Failure, times: int, seconds: float, reason: str | None
) -> None:
    found = final_reason([Evidence(failure, times, seconds)])

    assert (found.name if found else None) == reason
    assert found is None or found.final


def test_every_failure_has_a_rule_and_every_rule_an_end() -> None:
    assert set(RULES) == set(Failure)
    assert all(rule.times is not None or rule.seconds is not None for rule in RULES.values())


def test_nothing_speaks_for_giving_up_where_nothing_fails_C05() -> None:
    assert final_reason([]) is None
    assert seconds_left([]) is None


def test_time_that_is_left_is_that_of_what_ends_first_C05() -> None:
    evidence = [
        Evidence(Failure.SERVER_ENDS, 1, 5),
        Evidence(Failure.OTHER_ENDS, 1, 20),
        Evidence(Failure.PULL_FAILS, 1, 90),
    ]

    assert seconds_left(evidence) == 30
    assert seconds_left(evidence[:1]) is None


REFUSED = [
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/acme/none:1": failed to resolve '
    'reference "docker.io/acme/none:1": docker.io/acme/none:1: not found',
    "manifest unknown",
    "manifest for acme/none:1 not found: manifest unknown: manifest unknown",
    "pull access denied for none, repository does not exist or may require 'docker login': denied: requested access to "
    "the resource is denied",
    "failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized",
    "pulling from host ghcr.io failed with status code [manifests 1]: 403 Forbidden",
    "no basic auth credentials",
    "server message: insufficient_scope: authorization failed",
]
PASSING = [
    "",
    "toomanyrequests: You have reached your pull rate limit",
    "unexpected status from HEAD request to https://registry.example/v2/denied/manifests/1: 429 Too Many Requests",
    'failed to do request: Head "https://registry.example/v2/not found": dial tcp 10.0.0.1:443: i/o timeout',
    "context deadline exceeded",
    "net/http: TLS handshake timeout",
    "dial tcp: lookup registry.example: no such host",
    "dial tcp 10.0.0.1:5000: connect: connection refused",
    "unexpected status: 503 Service Unavailable",
    "unexpected status: 500 Internal Server Error",
    "received unexpected HTTP status: 502 Bad Gateway",
    "failed to fetch anonymous token: unexpected status: 401 Unauthorized; 429 Too Many Requests: rate limit",
    'failed to pull image "acme/denied:unauthorized": x509: certificate signed by unknown authority',
    "failed to copy: httpReadSeeker: failed open: unexpected EOF",
    "image acme/denied is odd",
]


@pytest.mark.parametrize("message", REFUSED)
def test_registry_that_has_no_such_image_for_us_says_so_C06(message: str) -> None:
    assert is_refused_pull(message)


@pytest.mark.parametrize("message", PASSING)
def test_registry_that_is_busy_or_out_of_reach_may_have_it_later_C06(message: str) -> None:
    assert not is_refused_pull(message)
