"""Trying whether the cluster would take the pods of a Template, before anybody starts a server from it."""
