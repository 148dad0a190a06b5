"""What a request says: which page of a list it wants, and about the machine it came from what we keep of that."""

from __future__ import annotations

import ipaddress

from flask import request

LAST_PAGE = 100_000


def page_number() -> int:
    """Which page of a list is asked for: the first unless a sensible number is said."""
    wanted = request.args.get("page", 1, type=int)
    return wanted if 1 <= wanted <= LAST_PAGE else 1


def network() -> str:
    """The network of the visitor: IPv4 to 24 bits, IPv6 to 64."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    bits = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def device() -> str:
    """Roughly what somebody came with, such as "Firefox on Windows"."""
    agent = request.user_agent.string
    browser = next((name for mark, name in BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))
