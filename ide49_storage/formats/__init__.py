"""Parsers of the field's file formats: pure, and of the standard library only."""
