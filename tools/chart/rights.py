"""The table of rights as rules for the chart's roles and as a page."""

from collections.abc import Iterable

from jupyternetes.api.rights import OPTIONS, RIGHTS, VERBS_ON_OTHER_RESOURCES, Right, Scope
from tools.chart.markdown import code, head, table

_WHERE = {
    Scope.INSTANCES: "where Instances live",
    Scope.TEMPLATES: "there, and where shared Templates live",
    Scope.RELEASE: "where the operators run",
    Scope.CLUSTER: "in the whole cluster",
    Scope.LEASES: "those that `gates.leases` names",
}


def rules() -> dict[str, dict[str, list[dict[str, list[str]]]]]:
    """RBAC rules by account and scope, or by the option of the chart that grants them; no scope is left out."""
    return {account: _by_scope_or_option(rights) for account, rights in RIGHTS.items()}


def page() -> str:
    """The reference page."""
    lines = head(
        "Who may do what",
        "jupyternetes.api.rights",
        "Each program runs under a ServiceAccount of its own with just these rights; what is not listed, it may not "
        "do. The chart's roles come from the same table.",
        "*Where*: an install for the whole cluster grants the operators' rights everywhere; one that is confined to "
        "`namespaces` grants them in those, and what concerns Templates in `templateNamespaces` as well. The hub's "
        "rights hold in `instanceNamespaces` only, but for that to read Templates, which it has in "
        "`templateNamespaces` too; those of the graph there, where the hub's accounts live, and where the operators "
        "run. The account `graph` is made only if `graph.enabled` is true; `availability` stands for those that "
        "`availability.serviceAccounts` names, which have their rights where the hub may read Templates; `gates` for "
        "the accounts of others that `gates.accounts` names: they get its rights where the operators have theirs.",
    )
    for account, rights in RIGHTS.items():
        rows = (_cells(account, right) for right in rights)
        lines += ["", f"## {account}", *table(("Resources", "Verbs", "Where", "Why"), rows)]
    lines += [
        "",
        f"On the kinds that `otherResources.kinds` names the account `other-resources` has "
        f"{', '.join(VERBS_ON_OTHER_RESOURCES)} as well, where Instances live. If it names none, there is no such "
        "account.",
        "",
        "## What roles cannot say",
        "",
        "In an install for the whole cluster five ValidatingAdmissionPolicies narrow these rights further:",
        "",
        "- The hub's Secrets have the type `jupyternetes.kadense.io/start`, are immutable, belong to exactly one "
        "Instance, carry its name and the number of the start, have only names of environment variables as keys "
        "(never `token` or `namespace`), and have no finalizers.",
        "- The Pod operator deletes such Secrets only, and only in the way whose answer does not hold the content: no "
        "dry run, no foreground or orphaning delete.",
        "- The PVC operator changes nothing of a claim but `spec.resources.requests.storage`, that only upwards, and "
        "only of claims that are labelled with an Instance. Where there is no such policy, it has no right to change "
        "claims, and volumes [do not grow](../how-to/storage.md).",
        "- The accounts of `availability` write `status.availability` of Templates and leave the rest of the status as "
        "it is. In an install that is confined to namespaces nothing holds them to that. They could then say of a "
        "Template with a misspelt field that it was accepted, and its pods would be made without that field; what "
        "placeholders may do is not decided by the status.",
        "- An account of `gates.accounts` changes of an Instance's status only conditions under its own prefix, at "
        "most 16 with messages of at most 4096 characters. Everything else has to stay as it is, the other conditions "
        "in their order too: it could send people to an address of its own otherwise.",
    ]
    return "\n".join(lines) + "\n"


def _by_scope_or_option(rights: Iterable[Right]) -> dict[str, list[dict[str, list[str]]]]:
    always = (Scope.INSTANCES, Scope.TEMPLATES, Scope.RELEASE)
    granted: dict[str, list[dict[str, list[str]]]] = {scope.value: [] for scope in always}
    for right in rights:
        granted.setdefault(right.option or right.scope.value, []).append(_rule(right))
    return granted


def _rule(right: Right) -> dict[str, list[str]]:
    rule = {"apiGroups": [right.group], "resources": list(right.resources), "verbs": list(right.verbs)}
    # In the chart, what is named after the product is named after the release.
    names = [name.replace("jupyternetes-", '{{ include "jupyternetes.fullname" . }}-', 1) for name in right.names]
    return rule | ({"resourceNames": names} if names else {})


def _cells(account: str, right: Right) -> tuple[str, ...]:
    group = f".{right.group}" if right.group else ""
    resources = ", ".join(code(_with_group(resource, group)) for resource in right.resources)
    if right.names:
        resources += f" {', '.join(map(code, right.names))}"
    where = _WHERE[right.scope] + (f", {OPTIONS[account, right.option]}" if right.option else "")
    return resources, ", ".join(right.verbs), where, right.why


def _with_group(resource: str, group: str) -> str:
    name, slash, subresource = resource.partition("/")
    return f"{name}{group}{slash}{subresource}"
