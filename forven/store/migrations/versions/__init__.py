"""One file a revision of the database, each naming the one before it."""
