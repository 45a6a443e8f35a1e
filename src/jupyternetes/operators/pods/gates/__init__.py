"""Gates: other operators' answers that starts and stops wait for."""
