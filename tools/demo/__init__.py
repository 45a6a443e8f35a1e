"""The demonstration: JupyterHub with our operators on a real Kubernetes, and a check that does its main job.

`python -m tools.demo up` on this machine's own cluster, or on an existing one with `--use-kubeconfig`.
"""
