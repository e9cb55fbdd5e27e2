"""A piece of work that outlives its server: its record, log, lock and journal."""
