"""Files in which a virus was found: who is told, and who may release one."""
