"""The PVC operator: makes the volume claims that a Template asks for and never deletes or replaces one."""
