"""The servers of users, and what makes and shapes them."""
