"""The operators: a pure plan in the middle, a thin reconciler that acts, one status write if something changed.

They never import each other: what one has to tell another stands in the Instance's status or on the pod.
"""
