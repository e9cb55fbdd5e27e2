"""A package index on the loopback device, over wheels that the tests build themselves."""
