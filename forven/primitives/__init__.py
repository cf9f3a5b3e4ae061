"""Ground floor: errors, time, timers, money, identifiers, seeds; imports nothing of forven."""
