"""The one place that starts pip and reads what it says."""
