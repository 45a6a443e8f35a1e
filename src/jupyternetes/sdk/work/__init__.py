"""What the SDK does around the functions of an operator: passes over objects, and writes of what they answered."""
