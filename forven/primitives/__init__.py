"""Ground floor: errors, time, money, identifiers and seeds; imports nothing of forven."""
