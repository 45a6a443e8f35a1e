"""The rules in words: what can go wrong, what is done about it, and where in the code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``switch`` names the field of Rules, ``modules`` where it is, below jupyternetes."""

    switch: str
    title: str
    danger: str
    rule: str
    modules: tuple[str, ...]

    @property
    def row(self) -> str:
        """How the table calls its absence."""
        return f"without: {self.title[0].lower()}{self.title[1:]}"


RULES = (
    Rule(
        switch="consistent_list",
        title="Consistent lists",
        danger="An API server answers a list with `resourceVersion=0` from its own cache, which may be seconds behind "
        "etcd. A process that starts from such a list does not know what its predecessor made.",
        rule="Every list is read without a resourceVersion: it shows all that was committed before it was asked for.",
        modules=("runtime.requests", "runtime.reflector"),
    ),
    Rule(
        switch="lease",
        title="A lease, also for one replica",
        danger="Two processes that work at once do not know of each other's creates. One replica is two processes "
        "while a node is out of reach, or while a container restarts over its own unfinished request.",
        rule="Only the holder of the operator's Lease works; a process that lost it ends.",
        modules=("runtime.lease", "runtime.process"),
    ),
    Rule(
        switch="relist_on_leading",
        title="A new list on becoming leader",
        danger="A standby follows nothing. It would begin to work with what the world was like when it filled its "
        "caches.",
        rule="After a process has got the lease, all its caches are listed anew before the first pass.",
        modules=("runtime.process", "runtime.informer"),
    ),
    Rule(
        switch="lease_arithmetic",
        title="The lease outlasts the last write",
        danger="A holder that relies on its lease until the very end, or gives a write all the time that an admission "
        "webhook may need however old its last renewal is, can send one that commits after its successor has looked.",
        rule="A write is given what is left of the lease, counted from the beginning of the last good renewal, and no "
        "more than the longest write needs. From the renew deadline on the holder begins none.",
        modules=("runtime.lease", "runtime.wire"),
    ),
    Rule(
        switch="bounded_writes",
        title="Bounded writes",
        danger="A request may wait in a queue of the API server for up to a minute and then be carried out, long after "
        "its sender has given up or died.",
        rule="Every write carries `?timeout=`, and gets no more than a moment to find a connection: it happens within "
        "the write bound or not at all.",
        modules=("runtime.wire", "runtime.transport"),
    ),
    Rule(
        switch="check_at_wire",
        title="A look at the lease right before the wire",
        danger="A process can be stopped between any two steps, by its machine or by the kernel, and go on half a "
        "minute later in the middle of a pass that began with a valid lease.",
        rule="Whether the lease is valid is asked when a write's first byte is about to go out, not only when the pass "
        "begins. What remains are the microseconds between that look and the system call.",
        modules=("runtime.wire",),
    ),
    Rule(
        switch="settle_before_release",
        title="Finish before the lease is released",
        danger="On SIGTERM the lease is handed over within a second. A create that is under way, or was left without "
        "an answer, could commit after the successor has listed.",
        rule="Passes in hand end first. If a write without an answer may still happen, also on an API server that "
        "stood still for as long as the lease stayed valid, the lease is not released but left to run out; and a "
        "renewal under way does not outlive the release.",
        modules=("runtime.process", "runtime.lease"),
    ),
    Rule(
        switch="expectations",
        title="What was made counts as there",
        danger="The cache shows a new object a little after its create was answered. A pass in between would make it "
        "again.",
        rule="The answer of a create is kept until the cache has shown that version or gone past it.",
        modules=("runtime.expectations",),
    ),
    Rule(
        switch="fence",
        title="A fence after an unknown outcome",
        danger="A create that broke off may have happened, may not have, or may happen yet.",
        rule="Nothing is decided about that identity until the write's bound is over. Then one live list decides. "
        "After a create that failed soon, the next one has a short bound, and so a short fence.",
        modules=("runtime.expectations", "runtime.transport"),
    ),
    Rule(
        switch="list_before_first_claim",
        title="A live list before the first claim",
        danger="Caches of two types are never at the same point: that of Instances may show a new one while that of "
        "claims lacks what a backup has just restored for it.",
        rule="Before a claim is made for an entry that has none on record, the API server is asked once more.",
        modules=("operators.pvcs.reconciler",),
    ),
    Rule(
        switch="proof_of_absence",
        title="Absence needs proof",
        danger="A cache follows labels. An object whose labels somebody removed looks deleted; and a claim that is "
        "really gone must not be replaced by an empty one, which its user would take for lost files.",
        rule="If the status names an object that the cache lacks, it is read by name. A pod that is there counts; a "
        "claim that is gone is reported, and none is made.",
        modules=("operators.pods.plan", "operators.pvcs.plan"),
    ),
    Rule(
        switch="tested_records",
        title="A record rests on what was seen",
        danger="A write of the status that was thought lost may be carried out later: over a newer record, or on an "
        "Instance that was made anew under the same name and then names what is not its own.",
        rule="A write names the Instance's uid and what stands in the fields that it replaces, and holds only where "
        "both are as they were. What others write meanwhile, a new start of the hub too, does not refuse it. Where it "
        "cannot be made so, or did not hold, it names the resourceVersion that the decision rests on.",
        modules=("operators.status.guarded_patch", "operators.status.writer"),
    ),
    Rule(
        switch="removal_of_extras",
        title="Extras go",
        danger="Whatever the reason, two pods may stand for one entry: one was copied by hand, or a rule was broken.",
        rule="All processes choose alike: the pod on record stays, else the oldest, else the smaller name; the others "
        "are deleted by uid. Claims are never deleted. With all other rules kept it has nothing to do, as its row "
        "shows; what it mends without them is in the last rows.",
        modules=("operators.pods.own_pods",),
    ),
)

STANDSTILL_RULES = (
    Rule(
        switch="sign_of_life",
        title="A sign of life first",
        danger="A create that waits unread in front of an API server that stands still has all its time before it. "
        "Counted from when it was sent, its bound is over before the API server goes on, and the list that should "
        "decide may be answered just before it.",
        rule="After a create of unknown outcome, the first live list that is answered only proves that the API server "
        "runs. From that answer on the bound counts; the list after that decides, unless it took long itself: then it "
        "proves no more than the first one.",
        modules=("runtime.expectations",),
    ),
    Rule(
        switch="silence_added",
        title="Silence added to the lease",
        danger="A candidate's clock goes on while the API server stands still, and the last holder's write waits. "
        "Taken over after its usual time, the lease would be somebody else's before that write has happened.",
        rule="A candidate notes for how long it got no answer about a lease that did not change meanwhile, whatever "
        "the cause: an outage, slow answers, or a stop of its own. It takes the lease over so much later.",
        modules=("runtime.lease",),
    ),
)
"""Those that are there for an API server that stands still."""
