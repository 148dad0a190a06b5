"""What silence means in a project: switched on by staff, agreed to by the client, stopped and undone by either."""
