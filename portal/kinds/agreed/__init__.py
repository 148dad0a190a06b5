"""What was agreed for a project, what changed that since, and what would. Both are approvals with a subject of their own."""
