"""What the container engine itself tells, where that is allowed: who shares volumes, and what was changed."""
