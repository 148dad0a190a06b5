"""Goals: what both sides want to reach, agreed by both, put in order by each, and looked back on at the end."""
