"""What was agreed for a project, and asking for something else."""
