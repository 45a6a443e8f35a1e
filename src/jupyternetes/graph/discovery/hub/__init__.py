"""What belongs to a hub: its database and volumes, who says who people are, and the way in."""
