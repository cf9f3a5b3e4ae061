"""Readers that turn recordings of perpetuals into ticks in the integers of a contract."""
