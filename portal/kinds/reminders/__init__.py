"""Reminders that go out by themselves: when which item is asked for again, and everything that holds one back."""
