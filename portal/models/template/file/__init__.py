"""A whole template as one readable YAML file, and back, with what is wrong told by line and field."""
