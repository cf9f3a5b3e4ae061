"""The guard: what every request and socket must pass before the application sees it."""
