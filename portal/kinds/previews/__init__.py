"""What pages show of files: ordered, made by the worker, looked after."""
