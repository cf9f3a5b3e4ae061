"""Alembic migrations of the database; `forven/store/upgrade.py` runs them at opening."""
