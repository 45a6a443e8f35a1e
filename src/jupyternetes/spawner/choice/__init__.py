"""What people choose before a start: which Templates they are offered, what they gave, and what came of it."""
