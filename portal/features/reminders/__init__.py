"""Reminders that go out by themselves: the letter, ending them with one press, the firm's schedules, stop and skip."""
