"""The routes, one file a tag: translate in, call the services, translate out."""
