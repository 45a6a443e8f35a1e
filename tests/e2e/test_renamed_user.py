"""Files belong to a person, not to a name: on the real hub, through a rename and a restart of the hub."""

from tests.e2e.servers import Server, uid
from tests.support.waiting import eventually
from tools.demo.kubectl import Kubectl

OLD, NEW = "ana-h02", "ana-h02.silva"


def restart_hub(kubectl: Kubectl) -> None:
    kubectl.run("delete", "pod", "--selector=app=jupyterhub,component=hub", "--force", "--grace-period=0")
    kubectl.run("rollout", "status", "deployment/hub", "--timeout=120s")


def test_renamed_user_keeps_the_server_and_the_next_one_of_the_name_gets_nothing_of_it_H02(log_in, kubectl) -> None:
    admin = log_in("admin")
    for name in (OLD, NEW):
        admin.delete(name)
    ana = log_in(OLD)
    ana.run()
    ana.open_lab()
    ana.write("mine.txt", "saved by the first")
    server = Server(kubectl, OLD)
    pod, claim = server.the_pod(), claim_of(server)

    admin.rename(OLD, NEW)
    ana.user = NEW
    assert ana.contents("mine.txt").json()["content"] == "saved by the first"
    restart_hub(kubectl)
    ana = log_in(NEW, back=True)
    # A hub that begins looks at each server and stops those that are not there.
    eventually(lambda: ana.servers().get("", {}).get("ready"))
    assert uid(server.the_pod()) == uid(pod)

    ana.stop()
    assert server.pods() == []
    ana.run()
    assert ana.open_lab().endswith(f"/user/{NEW}/lab")
    assert ana.contents("mine.txt").json()["content"] == "saved by the first"
    assert claim_of(server) == claim
    pod = server.the_pod()

    next_one = log_in(OLD)
    assert next_one.servers() == {}
    next_one.run()
    next_one.open_lab()
    assert next_one.contents("mine.txt").status_code == 404
    next_one.write("mine.txt", "saved by the second")

    assert uid(server.the_pod()) == uid(pod)
    ana.open_lab()
    assert ana.contents("mine.txt").json()["content"] == "saved by the first"
    next_one.stop()
    assert ana.servers()[""]["ready"]
    assert uid(server.the_pod()) == uid(pod)


def claim_of(server: Server) -> str:
    """The claim that the Instance uses; earlier users of the name may have left others."""
    (recorded,) = server.instance()["status"]["pvcs"].values()
    return recorded["resourceName"]
