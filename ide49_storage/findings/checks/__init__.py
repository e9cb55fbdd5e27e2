"""The checks, a file for each report that they read."""
