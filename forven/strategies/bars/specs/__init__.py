"""Rules declared in JSON instead of Python: checked, then written as the same formulas."""
