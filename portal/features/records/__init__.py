"""The record for everybody to look at: every decision of a client, and all of it to take away and check."""
