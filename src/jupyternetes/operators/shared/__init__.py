"""What all operators do alike: finding the Template, naming failures, writing status."""
