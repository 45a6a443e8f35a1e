"""Conditions of a Template, in CEL: `condition` of entries, `when` of variables, and `spec.rules`."""
