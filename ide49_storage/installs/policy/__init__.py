"""What may be asked for, where it may go, and in which environment it runs."""
