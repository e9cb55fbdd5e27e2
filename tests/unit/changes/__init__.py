"""What the next update throws away."""
