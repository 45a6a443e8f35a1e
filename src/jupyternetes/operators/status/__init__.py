"""Writing one operator's part of an Instance's status, and nothing of anybody else's."""
