"""The headers every answer carries. Pages that need another policy set it themselves; what is set is kept."""

from __future__ import annotations

from flask import Flask, request
from flask.wrappers import Response

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


def carried(*, https: bool, also_to: str = "") -> dict[str, str]:
    """What every answer carries."""
    always = ALWAYS | {"Content-Security-Policy": CSP.replace("connect-src 'self'", f"connect-src 'self' {also_to}".rstrip())}
    return always | ({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if https else {})


def register(app: Flask, *, https: bool, also_to: str = "") -> None:
    """Add the headers to every answer of this app; `also_to` is where else its pages may send files."""
    always = carried(https=https, also_to=also_to)

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in always.items():
            response.headers.setdefault(name, value)
        if request.endpoint not in ("static", "public.firm.brand", "public.firm.mark"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        if request.endpoint and request.endpoint.startswith("public.accounts."):
            response.headers["X-Robots-Tag"] = "noindex"
        return response
