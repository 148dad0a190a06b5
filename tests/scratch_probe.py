import pytest
from tests.support.cast import *
from tests.support.walk import *
import io


def raw(browser, method, path, data=b"", headers=None, **env):
    h = {"Referer": browser.base + path, "Origin": browser.base, "User-Agent": "x"}
    h.update(headers or {})
    h = {k: v for k, v in h.items() if v is not None}
    return browser.client.open(path, method=method, base_url=browser.base, headers=h, data=data, **env)


def test_headers(app, cast, bea, nobody):
    item = make_item(app, cast.project, state="to_do")
    for b in (bea, nobody):
        tok = b.csrf()
        for ref in (
            "https://[",
            "https://portal.test[",
            "http://[::1",
            "//[",
            "https://portal.test:99999999/",
            "https://portal.test:x/",
            "\u00e9",
            "https://portal.test/\x00",
        ):
            for path in (f"/items/{item.id}/cannot", "/me", "/login"):
                try:
                    r = raw(b, "POST", path, data={"csrf_token": tok, "email": "a@b.example"}, headers={"Referer": ref})
                    print(path, repr(ref), r.status_code)
                except Exception as e:
                    print("EXC", path, repr(ref), type(e), e)
        for hd in (
            {"Accept-Language": "x" * 5000},
            {"Accept-Language": "\x00,en;q=nan"},
            {"Accept-Language": "en;q=1e999"},
            {"Range": "bytes=-99999999999999999999"},
            {"Cookie": "__Host-portal=\xff"},
            {"Cookie": "__Host-portal=abc.def.ghi"},
            {"Content-Type": "multipart/form-data"},
            {"Content-Type": "multipart/form-data; boundary="},
            {"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"},
            {"Content-Type": "application/json"},
            {"Content-Length": "abc"},
            {"Host": "evil.example"},
            {"Host": "portal.test:9999"},
            {"Host": "portal.test@evil"},
            {"X-Forwarded-Host": "evil"},
            {"HX-Request": "true"},
            {"Accept": "application/json"},
        ):
            for m in ("GET", "POST", "PUT", "HEAD", "OPTIONS", "PROPFIND"):
                for path in (
                    "/",
                    "/login",
                    f"/items/{item.id}/files",
                    "/staff/",
                    "/l/%00",
                    "/l/%ff%fe",
                    "/l/" + "A" * 48,
                    "/files/x",
                    "/static/../x",
                    "/items/" + str(item.id).upper() + "/cannot",
                    "/nope%00",
                    "/brand.css",
                    "/mark",
                ):
                    try:
                        r = raw(b, m, path, data=b'--x\r\nContent-Disposition: form-data; name="a' if m == "POST" else b"", headers=hd)
                        if r.status_code >= 500 or (r.headers.get("Location") or "").startswith(("http", "//")):
                            print("!!", m, path, hd, r.status_code, r.headers.get("Location"))
                    except Exception as e:
                        print("EXC", m, path, {k: v[:40] for k, v in hd.items()}, type(e).__name__, str(e)[:150])
