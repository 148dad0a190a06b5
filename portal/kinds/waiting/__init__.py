"""Who waited for whom, in working days: booked from the turns each time it is read, and kept nowhere else."""
