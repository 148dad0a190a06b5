"""The demo firm, Studio Halden: its clients' last weeks, lived through the real actions while the clock is held at past moments."""
