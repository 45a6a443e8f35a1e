"""The variables of a Template: what is declared of them, and which values one Instance gives them."""
