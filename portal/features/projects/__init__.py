"""Projects, their milestones, and the things we ask for."""
