"""Speed of the API: the floor of its framework, and reads while a thousand bots run."""
