"""Lets servers start once somebody has approved of their users: a gate, for Templates of what is scarce.

Who may start stands in ConfigMaps with the label ``approval.example.org/list``, a user a line::

    data:
      approved: |
        ana
      denied: |
        eve
"""

from jupyternetes.sdk import Answer, Asking, Cluster, Kind, Object, Related, allow, gate, progress, refuse, run

LISTS = Related(Kind("v1", "ConfigMap", "configmaps"), Object, label_selector="approval.example.org/list")


@gate("approval.example.org/granted", related=[LISTS])
async def approval(asking: Asking, cluster: Cluster) -> Answer:
    """Asked at each start; an edit of a list has it asked again at once."""
    lists = [each.content.get("data", {}) for each in cluster.related(LISTS)]
    if any(asking.username in each.get("denied", "").splitlines() for each in lists):
        return refuse("Denied", "You may not start servers of this kind; ask support@example.org why.")
    if any(asking.username in each.get("approved", "").splitlines() for each in lists):
        return allow()
    return progress("Waits until somebody approves of it", reason="WaitingForApproval", again_after=60)


if __name__ == "__main__":
    run(approval, name="approval")
