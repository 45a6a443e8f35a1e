"""What is said of a field on its struct is said everywhere: nobody keeps a list of fields beside it."""

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from jupyternetes.api.bounds import bounded
from jupyternetes.api.crds.definition import definition
from jupyternetes.api.fields import POD_OPERATOR, POD_STATUS_OPERATOR, PVC_OPERATOR, about
from jupyternetes.api.instance import InstanceSpec, InstanceStatus, PodState
from jupyternetes.operators.status.owned_fields import owned_fields, status_view
from tools.chart.fields import page


class NewerPod(PodState, frozen=True, kw_only=True):
    mood: Annotated[
        str, about("How it feels.", owners=(POD_STATUS_OPERATOR,), readers=(POD_OPERATOR,), maxLength=8)
    ] = ""


class NewerStatus(InstanceStatus, frozen=True, kw_only=True):
    pods: Annotated[
        dict[str, NewerPod],
        about("Pods.", owners=(POD_OPERATOR, POD_STATUS_OPERATOR), readers=(POD_STATUS_OPERATOR,), always=True),
    ] = msgspec.field(default_factory=dict[str, NewerPod])
    weather: Annotated[str, about("Outside.", owners=(PVC_OPERATOR,))] = ""


@dataclass
class Said:
    """Everything that is derived of a status with one pod."""

    mood: str = ""
    weather: str = ""

    @property
    def status(self) -> NewerStatus:
        return bounded(NewerStatus(pods={"notebook": NewerPod(uid="u1", mood=self.mood)}, weather=self.weather))

    def written_by(self, operator: str) -> Any:
        return owned_fields(self.status, operator)

    def wakes(self, operator: str) -> bool:
        return status_view(self.status, operator) != status_view(Said().status, operator)


def test_new_field_of_an_entry_is_written_by_its_owner_and_cut_to_its_bounds() -> None:
    said = Said(mood="quite content")

    assert said.written_by(POD_STATUS_OPERATOR) == {"pods": {"notebook": {"mood": "quite c…"}}}
    assert "mood" not in said.written_by(POD_OPERATOR)["pods"]["notebook"]


def test_new_field_wakes_its_owner_and_its_readers_and_nobody_else() -> None:
    everybody = (PVC_OPERATOR, POD_OPERATOR, POD_STATUS_OPERATOR)

    assert [operator for operator in everybody if Said(mood="calm").wakes(operator)] == [
        POD_OPERATOR,
        POD_STATUS_OPERATOR,
    ]
    assert [operator for operator in everybody if Said(weather="rain").wakes(operator)] == [PVC_OPERATOR]


def test_new_field_of_the_status_is_its_owners() -> None:
    said = Said(weather="rain")

    assert said.written_by(PVC_OPERATOR)["weather"] == "rain"
    assert "weather" not in said.written_by(POD_OPERATOR)


def test_new_field_is_in_the_definition_and_on_the_reference_page() -> None:
    made = definition(
        kind="Thing",
        plural="things",
        short_name="th",
        description="Of a test.",
        spec=(InstanceSpec, "Wanted."),
        status=(NewerStatus, "Reported."),
        further={},
        columns=(),
        selectable=(),
    )

    properties = made["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["status"]["properties"]  # type: ignore[index]
    entry = properties["pods"]["additionalProperties"]["properties"]
    assert entry["mood"] == {"description": "How it feels.", "type": "string", "maxLength": 8}
    assert properties["weather"] == {"description": "Outside.", "type": "string"}
    assert "| `pods.<name>.mood` | string | How it feels. *length at most 8* |" in page(made)


def test_every_field_of_a_status_has_an_owner() -> None:
    """But for what this version never writes; a field that nobody owns would be written by nobody, without a word."""
    status = InstanceStatus(
        observed_generation=1,
        pods={"notebook": PodState(uid="u", observed_uid="u")},
        address="a",
        node_name="n",
    )

    written = [owned_fields(status, each) for each in (PVC_OPERATOR, POD_OPERATOR, POD_STATUS_OPERATOR)]

    assert {name for part in written for name in part} == {
        *("observedGeneration", "pvcs", "pods", "pvcsProvisioned", "podsProvisioned", "address", "nodeName"),
    }
