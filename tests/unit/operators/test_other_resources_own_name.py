"""An entry of otherResources may say in its object how that is called: this is known before the object is there."""

import pytest

from jupyternetes.operators.other_resources.steps import Create
from tests.unit.operators.others_case import DB, Case


@pytest.mark.parametrize("lifetime", ["Instance", "Start"])
def test_an_entry_may_say_in_its_object_how_that_is_called(lifetime: str) -> None:
    entry = DB | {"lifetime": lifetime, "spec": {"secretName": "{jupyternetes.otherResources.db}-key"}}

    (create,) = Case([entry]).plan().actions

    assert isinstance(create, Create)
    assert create.body["spec"] == {"secretName": f"{create.body['metadata']['name']}-key"}
