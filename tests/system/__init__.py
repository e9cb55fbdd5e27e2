"""Tests against the real thing: containers, engines, file systems."""
