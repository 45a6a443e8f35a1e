"""From an Instance to its Template, and from the Template's entries to the metadata of objects."""
