"""The address of one's calendar, for the staff: the pages of `client.py` behind the staff door."""

from __future__ import annotations

from portal.features.calendars.client import calendar_pages

pages = calendar_pages("staff")
