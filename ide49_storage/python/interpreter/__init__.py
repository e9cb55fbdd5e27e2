"""What an interpreter is: asked in a process of its own, with a deadline, and remembered."""
