"""scratch"""

from __future__ import annotations
import io, re, sys, traceback, collections, time
import pytest
from urllib.parse import urlsplit
from bs4 import BeautifulSoup
from tests.support.walk import birch, pages, has_ids
from tests.support.cast import *

XSS = "<img src=x onerror=alert(1)>\"'&{{7*7}}"
NASTY = [
    "a\0b",
    "\0",
    XSS,
    "x" * 100_000,
    "9" * 30,
    "-1",
    "2147483648",
    "9223372036854775808",
    "1e309",
    "NaN",
    "9999-12-31",
    "0001-01-01",
    "not-a-uuid",
    "hi\r\nBcc: evil@x.example",
    "\u202egpj.exe\u2066",
    "²",
    "٣",
    "\ufffe\uffff\x1b[2J\x7f\x85",
    "\r\n\r\n",
    " ",
    "\u2028\u2029",
    "😀" * 300,
    "e\u0301" * 200,
    "%s %(name)s {0} %",
    "00000000-0000-0000-0000-000000000000",
]


def crawl(browser, starts, limit=400):
    seen, todo, forms = set(), list(starts), {}
    while todo and len(seen) < limit:
        url = todo.pop(0)
        if url in seen:
            continue
        seen.add(url)
        try:
            page = browser.get(url, None)
        except Exception as e:
            print("CRAWL", url, repr(e)[:300])
            continue
        if 300 <= page.status < 400:
            todo.append(page.location)
            continue
        if not page.html:
            continue
        for l in page.links:
            if l.startswith("/") and not l.startswith("//") and l.split("#")[0] not in seen:
                todo.append(l.split("#")[0])
        for f in page.soup.find_all("form"):
            act = f.get("action") or url
            method = f.get("method", "get").upper()
            fields = []
            for el in f.find_all(["input", "textarea", "select", "button"]):
                n = el.get("name")
                if not n or n == "csrf_token":
                    continue
                t = el.get("type") or el.name
                if el.name == "textarea":
                    v = el.get_text().strip()
                elif el.name == "select":
                    o = el.find("option", selected=True) or el.find("option")
                    v = o.get("value", "") if o else ""
                else:
                    v = el.get("value", "")
                if t in ("radio", "checkbox"):
                    v = v or "on"
                fields.append((n, t, v))
            fields += [
                (el.get("name"), "submit", el.get("value", ""))
                for el in page.soup.find_all("button", attrs={"form": f.get("id")})
                if f.get("id") and el.get("name")
            ]
            key = (
                method,
                re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", act.split("?")[0]),
                tuple(sorted({re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", n) for n, _, _ in fields})),
            )
            forms.setdefault(key, (act, method, fields))
    return seen, forms


def base(fields, submit=None):
    d = {}
    for n, t, v in fields:
        if t in ("submit", "button"):
            continue
        if t in ("file",):
            continue
        if t == "radio" and n in d:
            continue
        if t in ("text", "textarea") and not v:
            v = "Hello"
        if t == "email" and not v:
            v = "someone@new.example"
        if t == "date" and not v:
            v = "2030-01-10"
        if t == "number" and not v:
            v = "3"
        if t == "checkbox":
            d.setdefault(n, v)
            continue
        d[n] = v
    if submit:
        d[submit[0]] = submit[1]
    return d


@pytest.mark.parametrize("who", ["nobody", "bea", "ada"])
def test_fuzz(app, cast, browse, who, house, request):
    world = birch(app, cast)
    browser = browse(getattr(cast, who)) if who != "nobody" else browse()
    browser.inspect = False
    door = {"nobody": "public.", "bea": "client.", "ada": "staff."}[who]
    starts = ["/login" if who == "nobody" else "/" if who == "bea" else "/staff/"]
    for r in pages(app, door):
        if "GET" in r.methods:
            starts += [u for u in list(world.fill(r))[:6]]
    seen, forms = crawl(browser, starts)
    print("pages", len(seen), "forms", len(forms))
    bad = collections.OrderedDict()
    n = 0
    t0 = time.time()
    global NASTY
    if who == "ada":
        NASTY = [
            "a\0b",
            XSS,
            "x" * 100_000,
            "9" * 30,
            "-1",
            "2147483648",
            "1e309",
            "9999-12-31",
            "0001-01-01",
            "hi\r\nBcc: evil@x.example",
            "²",
            "00000000-0000-0000-0000-000000000000",
        ]
    statuses = collections.Counter()
    for key, (act, method, fields) in forms.items():
        if "logout" in act or "devices" in act:
            continue
        submits = [(a, b) for a, t, b in fields if t in ("submit", "button")] or [None]
        names = sorted({a for a, t, _ in fields if t not in ("submit", "button")})
        for sub in submits:
            good = base(fields, sub)
            for name in names + ([sub[0]] if sub else []):
                types = {t for a, t, _ in fields if a == name}
                for value in NASTY:
                    d = dict(good)
                    d[name] = value
                    if "csrf_token" in d:
                        del d["csrf_token"]
                    n += 1
                    try:
                        if method == "GET":
                            from urllib.parse import urlencode

                            p = browser.get(act.split("?")[0] + "?" + urlencode(d), None)
                        else:
                            p = browser.post(act, d, None)
                        statuses[p.status] += 1
                        if p.status >= 500:
                            raise RuntimeError(f"status {p.status}")
                        if p.html and "<img src=x onerror" in p.html:
                            raise RuntimeError("XSS " + act)
                        if p.location and p.location.startswith("//"):
                            raise RuntimeError("loc")
                    except Exception as e:
                        tb = traceback.extract_tb(sys.exc_info()[2])
                        where = [
                            f"{f.filename.split('/attack/')[-1]}:{f.lineno}"
                            for f in tb
                            if "/portal/" in f.filename or "/templates/" in f.filename
                        ]
                        k = (key[1], re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", name), type(e).__name__, tuple(where[-2:]))
                        if k not in bad:
                            print("BAD", k, repr(value[:40]), str(e)[:300], flush=True)
                        bad.setdefault(k, []).append((value[:40], str(e)[:200]))
    print("tries", n, time.time() - t0, statuses)
    # crawl all again for stored things
    browser2 = browse(getattr(cast, who)) if who != "nobody" else browse()
    browser2.inspect = False
    for who2 in ("ada", "bea"):
        b = browse(getattr(cast, who2))
        b.inspect = False
        st = ["/staff/", "/"] if who2 == "ada" else ["/"]
        for r in pages(app, "staff." if who2 == "ada" else "client."):
            if "GET" in r.methods:
                st += [u for u in list(world.fill(r))[:10]]
        done = set()
        todo = st
        while todo and len(done) < 300:
            u = todo.pop(0)
            if u in done:
                continue
            done.add(u)
            try:
                p = b.get(u, None)
                if p.html and "<img src=x onerror" in p.html:
                    raise RuntimeError("XSS STORED")
                if p.status >= 500:
                    raise RuntimeError("500")
                if 300 <= p.status < 400:
                    todo.append(p.location)
                todo += [l.split("#")[0] for l in p.links if l.startswith("/") and l.split("#")[0] not in done] if p.html else []
            except Exception as e:
                tb = traceback.extract_tb(sys.exc_info()[2])
                where = [
                    f"{f.filename.split('/attack/')[-1]}:{f.lineno}" for f in tb if "/portal/" in f.filename or "/templates/" in f.filename
                ]
                bad.setdefault(
                    ("STORED " + who2, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", u), type(e).__name__, tuple(where[-2:])), []
                ).append(("", str(e)[:200]))
    from tests.support.mails import send_mail

    try:
        m = send_mail(app)
        print("mails", len(m))
        for x in m:
            if "<img src=x onerror" in (x.html or ""):
                bad.setdefault(("MAIL", x.subject), []).append(("", ""))
            if "evil@x.example" in str(x.to):
                bad.setdefault(("MAILTO", x.subject), []).append(("", ""))
    except Exception as e:
        traceback.print_exc()
    for k, v in bad.items():
        print(k, len(v))
        [print("     ", a) for a in v[:3]]
    assert not bad
