"""What lives as long as the server: the services, the event bus, and what watches jobs and shares."""
