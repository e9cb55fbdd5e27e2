"""What a mount is and what becomes of it: ordered rules from a row of the mount table."""
