"""Asking for a start: from the spawner's traits to the requests that the hub sends."""
