"""Objects of others that say a great deal (templating/others/readiness): what is read of them, and how soon."""

import time

import pytest

from jupyternetes.templating.others.readiness import readiness
from tests.unit.templating.templating_support import Json
from tests.unit.templating.test_other_resources import HOST, contract, database, said

LARGE = "x y " * 400_000
MANY = [{"type": "T", "status": "False", "message": "m"}] * 20_000


@pytest.mark.parametrize(
    ("fields", "obj", "why"),
    [
        ({}, database(said("Ready", "False", message=LARGE)), "x y x y"),
        ({}, database(phase=LARGE, message=LARGE), "x y x y"),
        ({"outputs": [HOST]}, database(said(), host=LARGE), "is not what output host may be"),
        ({}, database(*MANY), "no condition Ready"),
        ({"readyWhen": "object.status.phase == 'Up'"}, database(*MANY, phase="Up"), "more than 128 KiB"),
        ({"readyWhen": "object.status.phase == 'Up'"}, database(list=[1] * 300_000, phase="Up"), "more than 128 KiB"),
        ({"readyWhen": "object.status.l.size() > 1"}, database(l=[1] * 60_000), ""),
    ],
    ids=["condition", "phase", "output", "conditions", "conditions for CEL", "list for CEL", "largest for CEL"],
)
def test_an_object_that_says_a_great_deal_holds_up_nobody(fields: Json, obj: Json, why: str) -> None:
    given = contract(**fields)

    begun = time.process_time()
    found = readiness(given, obj, built_in=False)

    assert time.process_time() - begun < 0.1, "the event loop serves everybody else meanwhile"
    assert found.ready is (why == "")
    assert why in found.message
