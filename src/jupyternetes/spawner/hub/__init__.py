"""The hub's own side: its database, the spawner's saved state, whose an Instance is, and refusals it understands."""
