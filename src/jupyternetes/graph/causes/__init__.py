"""Where does trouble come from? Signs of it, what explains what, and the verdict: all of it pure."""
