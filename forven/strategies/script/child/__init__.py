"""The script's process, from its restrictions to `ctx`; it imports next to nothing."""
