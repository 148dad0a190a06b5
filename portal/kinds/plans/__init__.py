"""Projects, planned by hand or from a template: milestones, days, and what opens when."""
