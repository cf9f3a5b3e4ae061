"""JSON Schemas of every document that comes in or goes out."""
