"""How each kind of object fares: from its status to state, reason, message and time."""
