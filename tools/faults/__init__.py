"""The fault suite: makes faults for real on this machine's cluster, and counts how often the right cause is named.

`python -m tools.faults run --fault NAME --repeats N`; the table of docs/reference/graph-accuracy.md comes from it.
"""
