"""Every place of a PodSpec and of a PersistentVolumeClaimSpec, of all supported releases of Kubernetes.

`python -m tools.positions` writes `tests/unit/templating/reach/positions.txt`, from which a test sees that the table of
what may stand where has them all. They are read from the schemas that we ship (`make schemas`).
"""
