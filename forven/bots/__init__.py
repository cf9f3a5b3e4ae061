"""Bots: paper accounts that trade day after day on a live feed; every session can be proved."""
