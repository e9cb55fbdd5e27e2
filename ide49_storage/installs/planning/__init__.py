"""What a job would change: what is installed, what pip says, and the plan that follows from both."""
