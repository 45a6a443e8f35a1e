"""``jupyternetes explain``: what there is of a server, what the current Template would give, what differs, and why."""
