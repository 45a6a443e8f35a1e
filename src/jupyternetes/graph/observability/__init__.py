"""What can be observed of each node, found out by asking for it."""
