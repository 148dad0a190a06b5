"""About me, for the staff: the pages of `client.py` behind the staff door."""

from __future__ import annotations

from portal.features.accounts.client import me_pages

pages = me_pages("staff")
