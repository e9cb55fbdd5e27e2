"""What the container engine itself tells."""
