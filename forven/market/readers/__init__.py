"""Readers: real file formats in, days of clean ticks out; every row left out is counted by kind."""
