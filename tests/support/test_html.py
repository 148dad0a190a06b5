"""A good page is praised, and every bad habit is named."""

import pytest

from tests.support.html import bones, complaints, fragment_complaints

GOOD = """<!doctype html>
<html lang="en-GB" dir="ltr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in</title>
<link rel="stylesheet" href="/static/app.css"><script src="/static/portal.js" defer></script></head>
<body><main>
<h1>Sign in</h1>
<img src="/mark" alt="">
<form method="post" action="/login" hx-post="/login">
<input type="hidden" name="csrf_token" value="1">
<label for="email">E-mail</label> <input id="email" name="email" type="email" aria-describedby="hint"><p id="hint">We send a link.</p>
<label><input type="checkbox" name="stay"> Stay signed in</label>
<textarea name="note" aria-label="Note" hx-post="/login" hx-trigger="input changed delay:1s"></textarea>
<button>Send me a link</button>
</form>
<a href="/help" hx-get="/help"><svg aria-hidden="true" viewBox="0 0 1 1"><path d="M0 0"/></svg> Help</a>
</main></body></html>
"""

BAD = [
    (' lang="en-GB"', "", "<html> has no lang"),
    (' dir="ltr"', "", "<html> has no dir"),
    ("<!doctype html>", "", "DOCTYPE"),
    ("<title>Sign in</title>", "<title></title>", "no title"),
    ('<meta name="viewport" content="width=device-width">', "", "viewport"),
    ("<h1>Sign in</h1>", "<h2>Sign in</h2>", "exactly one <h1>, not 0"),
    ("<h1>Sign in</h1>", "<h1>Sign in</h1><h1>Again</h1>", "exactly one <h1>, not 2"),
    ("<main>", "<main></main><main>", "exactly one <main>, not 2"),
    (' for="email"', "", '<input id="email" name="email" type="email"> has no label'),
    ("> Stay signed in<", "><", "has no label"),
    ('aria-label="Note"', "", "has no label"),
    ('id="hint"', 'id="email"', "the id 'email' is there 2 times"),
    ('id="hint"', "", "points to the id 'hint', which is not there"),
    (' alt=""', "", "has no alt"),
    (' alt=""', ' alt="" style="color: red"', "code in style="),
    ("<main>", "<main><style>p { color: red }</style>", "there is a <style>"),
    ("<main>", "<main><script>alert(1)</script>", "<script> with code in it"),
    ("<button>", '<button onclick="go()">', "code in onclick="),
    ("<button>", '<button hx-on:click="go()">', "code in hx-on:click="),
    ('href="/help"', 'href="javascript:go()"', "code in href="),
    ('href="/help"', 'href="#"', "leads nowhere without JavaScript"),
    ("<h1>Sign in</h1>", '<h1>Sign in</h1><div hx-get="/more">More</div>', "does something with JavaScript only"),
    ("<button>Send me a link</button>", "<button></button>", "<button> has no words"),
    (" Help</a>", "</a>", "has no words"),
    ("</form>", "", "line "),
    ("<h1>Sign in</h1>", "<h1>Sign in</h1><p><div>no</div></p>", "line "),
    ("<h1>Sign in</h1>", "<h1>Sign in &nosuchthing; now</h1>", "line "),
    ('alt=""', 'alt="this &nosuchthing; that"', "line "),
    ('<label for="email">', '<label for="email" for="email">', "line "),
]


def test_a_good_page_is_praised():
    assert complaints(GOOD) == []


@pytest.mark.parametrize(("good", "bad", "complaint"), BAD, ids=[complaint for _, _, complaint in BAD])
def test_a_bad_habit_is_named(good, bad, complaint):
    assert good in GOOD
    found = complaints(GOOD.replace(good, bad, 1))
    assert any(complaint in sentence for sentence in found), found


def test_a_piece_of_a_page_needs_no_head_but_the_same_care():
    assert fragment_complaints('<p id="a">Saved</p>') == []
    assert fragment_complaints('<p id="a">Saved</p><img src="/x">') == ["<img> has no alt"]


def test_pages_that_differ_in_words_only_are_parsed_strictly_once():
    assert bones(GOOD.replace("Sign in", "Log in here")) == bones(GOOD)
    assert bones(GOOD.replace("We send a link.", "We send a <b>link</b>.")) != bones(GOOD)
