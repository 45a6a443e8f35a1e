"""What each rule of the controller runtime is worth: random faults, with one rule after another left out."""
