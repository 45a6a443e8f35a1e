"""Any user name, several servers, any base URL: with the default Template as it is."""

import pytest

from tests.e2e.conftest import UNDER_A_PATH
from tests.e2e.servers import Server, uid
from tools.demo.demo import Demo


def test_two_servers_of_one_user_at_once_B48(log_in, kubectl) -> None:
    user = log_in("two-servers")
    user.start()
    user.start("second")
    for server in ("", "second"):
        assert user.progress(server)[-1].get("ready")
        user.open_lab(server)
    default, named = Server(kubectl, user.user), Server(kubectl, user.user, "second")
    assert uid(default.the_pod()) != uid(named.the_pod())
    assert default.the_claim() != named.the_claim()

    user.open_lab("second")
    user.write("mine.txt", "second", server="second")
    assert user.contents("mine.txt").status_code == 404

    user.stop("second")
    assert named.pods() == []
    user.open_lab()


_ASK = """
import http.client, sys
connection = http.client.HTTPConnection(sys.argv[1], timeout=10)
connection.request("GET", sys.argv[2])
answer = connection.getresponse()
print(answer.status, answer.getheader("Location"))
"""


def test_inside_the_cluster_the_reported_address_leads_to_the_login_of_the_hub_L04(log_in, kubectl) -> None:
    user = log_in("asked-directly")
    user.run()
    server = Server(kubectl, user.user)

    where = [server.instance()["status"]["address"], "/user/asked-directly/lab"]
    status, location = kubectl.run("exec", "deployment/hub", "--", "python3", "-c", _ASK, *where).split()

    assert status == "302"
    assert "/hub/api/oauth2/authorize" in location or "/login" in location


@pytest.mark.parametrize("name", ["user@example.org", "Ünïcode name"])
def test_a_server_of_a_user_with_an_odd_name(log_in, kubectl, name: str) -> None:
    user = log_in(name)
    user.run()
    user.open_lab()
    user.write("mine.txt", name)
    assert user.contents("mine.txt").json()["content"] == name
    assert Server(kubectl, user.user).the_pod()["status"]["phase"] == "Running"


def test_a_hub_under_a_base_url_in_a_namespace_of_its_own_K01(demo: Demo, log_in) -> None:
    user = log_in("below-a-path", UNDER_A_PATH)
    user.run()
    address = user.open_lab()
    assert address.startswith(f"{demo.addresses[UNDER_A_PATH]}user/below-a-path/lab")
    user.write("mine.txt", "here")
    assert user.contents("mine.txt").json()["content"] == "here"


def test_nobody_but_the_chart_wrote_the_default_template(kubectl) -> None:
    template = kubectl.get("jupyternotebooktemplate", "default-template", "--show-managed-fields")
    writers = [entry["manager"] for entry in template["metadata"]["managedFields"] if "subresource" not in entry]
    assert writers == ["helm"]
