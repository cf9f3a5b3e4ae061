"""What is written down: database and migrations, tapes, journals and what follows from them."""
