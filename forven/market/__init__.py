"""Market data: instruments, calendars, schemas, frames, chains, readers and a synthetic market."""
