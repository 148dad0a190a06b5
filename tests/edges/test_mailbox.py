"""In the demo every mail can be read and its button pressed; what it says cannot harm the page around it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from flask import Blueprint, Flask
from werkzeug.serving import make_server

from portal.edges import assets, mailbox
from portal.edges.mail import Parcel, transport_for
from portal.web import i18n
from tests.support.chromium import launch_options

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 9, 18, 12, 0, tzinfo=UTC)
PAGE = (
    '<!DOCTYPE html><html><head><title>x</title></head><body style="margin:0"><a href="/items/7" id="go">Open my list</a>{}</body></html>'
)


@pytest.fixture
def app(tmp_path):
    demo = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    demo.config["MAIL_FOLDER"] = tmp_path / "mail"
    i18n.init(demo)
    assets.register(demo)
    demo.jinja_env.globals["firm"] = SimpleNamespace(name="Studio Halden", mark_url="")
    door = Blueprint("public", __name__)
    door.register_blueprint(mailbox.pages)
    demo.register_blueprint(door)
    demo.add_url_rule("/items/7", view_func=lambda: "the list", endpoint="items")
    return demo


@pytest.fixture
def page(app):
    return app.test_client()


@pytest.fixture
def send(app):
    post = transport_for(f"file:{app.config['MAIL_FOLDER']}")

    def one(number=1, **changes):
        facts = {
            "to_address": "bea@birch.example",
            "to_name": "Bea Birch",
            "from_address": "projects@halden.example",
            "from_name": "Ada Voss, Studio Halden",
            "subject": f"Mail no. {number}",
            "text": "Open my list:\nhttp://127.0.0.1:8000/items/7\n",
            "html": PAGE.format(""),
            "message_id": f"<{number}@x.example>",
            "dated": NOON + timedelta(minutes=number),
        }
        post.send(Parcel(**(facts | changes)))
        return max(app.config["MAIL_FOLDER"].glob("*.eml")).stem

    return one


def test_an_empty_mailbox_says_so(page):
    answer = page.get("/mailbox")
    assert answer.status_code == 200
    assert "No mail here yet" in answer.text


def test_the_newest_mail_stands_first(page, send):
    for number in (1, 3, 2):
        send(number)
    text = page.get("/mailbox").text
    assert text.index("Mail no. 3") < text.index("Mail no. 2") < text.index("Mail no. 1")
    assert "Bea Birch" in text
    assert "Fri 18 Sept, 12:03" in text


def test_one_persons_mails_can_be_picked(page, send):
    send(1)
    send(2, to_address="cal@cedar.example", to_name="Cal")
    text = page.get("/mailbox?to=cal@cedar.example").text
    assert "Mail no. 2" in text
    assert "Mail no. 1" not in text
    assert '<option value="cal@cedar.example" selected>' in text


def test_a_mail_shows_who_wrote_and_what_with_links_to_follow(page, send):
    name = send(subject="<b>Größe</b> & more")
    answer = page.get(f"/mailbox/{name}")
    assert "&lt;b&gt;Größe&lt;/b&gt; &amp; more" in answer.text
    assert "Ada Voss, Studio Halden" in answer.text
    assert '<a href="http://127.0.0.1:8000/items/7"' in answer.text
    assert f'src="/mailbox/{name}/html"' in answer.text
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_letter_itself_lives_in_a_sandbox(page, send):
    answer = page.get(f"/mailbox/{send()}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "default-src 'none'" in policy
    assert not {"allow-scripts", "allow-same-origin", "allow-forms"} & set(policy.replace(";", "").split())
    assert '<head><base target="_top">' in answer.text
    assert answer.content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize(("lines", "length"), [(4, "short"), (18, "medium"), (60, "long")])
def test_a_short_letter_leaves_no_large_empty_frame(page, send, lines, length):
    name = send(text="\n".join(f"Line {n}" for n in range(lines)), html=PAGE.format("x"))
    assert f"mail-sheet--{length}" in page.get(f"/mailbox/{name}").text


def test_a_mail_without_html_shows_its_text(page, send):
    name = send(html="")
    assert "<iframe" not in page.get(f"/mailbox/{name}").text
    assert page.get(f"/mailbox/{name}/html").status_code == 404


@pytest.mark.parametrize(
    "name", ["..", "%2e%2e%2fsecret", "secret", "20260918T120000000000-0123456789abcdef", "20260918T120000000000-0123456789abcde%0a"]
)
def test_nothing_but_mails_can_be_read(page, send, app, name):
    send()
    (app.config["MAIL_FOLDER"] / "secret.eml").write_text("To: a@b.example\n\nsecret")
    (app.config["MAIL_FOLDER"].parent / "secret.eml").write_text("To: a@b.example\n\nsecret")
    assert page.get(f"/mailbox/{name}").status_code == 404
    assert page.get(f"/mailbox/{name}/html").status_code == 404


@pytest.mark.journey
def test_in_a_browser_the_mails_button_works_and_its_scripts_do_not(app, send, playwright):
    name = send(html=PAGE.format("<script>document.title='ran'; top.location='/items/7'</script>"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    browser = playwright.chromium.launch(**launch_options())
    try:
        tab = browser.new_page()
        tab.goto(f"http://127.0.0.1:{server.port}/mailbox/{name}")
        sheet = tab.frame_locator("iframe")
        assert sheet.locator("title").text_content() == "x"
        sheet.locator("#go").click()
        tab.wait_for_url("**/items/7")
        assert tab.text_content("body") == "the list"
    finally:
        browser.close()
        server.shutdown()
        server.server_close()
