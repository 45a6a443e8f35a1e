"""Reading what came of a start: from an Instance's status to what JupyterHub and its users are told."""
