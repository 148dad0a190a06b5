"""How scripts send files: announce, ask for an address for each step, bring the bytes, finish. The shape of the steps is that of S3."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import Blueprint, Response, get_template_attribute, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.uploads import actions, arriving, queries, signing, together
from portal.features.uploads.announced import NOT_UNDERSTOOD, coming_from, named_in
from portal.features.uploads.arriving import own
from portal.kernel.clock import now
from portal.kernel.refusal import Refused
from portal.kinds.files import shelf
from portal.kinds.files.incoming import ALIVE, Coming, here, lengths
from portal.kinds.files.kind import sent_before
from portal.kinds.files.landing import Landing, OnItem, OnQuestion
from portal.kinds.previews import ordering as previews
from portal.models.files import Incoming, IncomingState, Scan, Upload
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.storage import Act
from portal.storage.checks import SENTENCES, Code, Finding
from portal.storage.current import store
from portal.web.doors import SMALL_BODY, begin_reading, reads_first, viewer
from portal.web.forms import fresh_token, said
from portal.web.handed import body
from portal.web.places import find_item
from portal.web.receiving import hints, sentence

pages = Blueprint("lines", __name__)
AHEAD = 15  # parts whose addresses are told with that of the one before
MARK = "\x1e"  # stands between rows that are drawn together; no name holds it
Arrivals = Sequence[tuple[Incoming | None, Upload | None]]
ACTS = {"GET": Act.LIST, "POST": Act.COMPLETE}


@pages.post("/items/<uuid:item_id>/uploads")
def declare(item_id: UUID) -> ResponseReturnValue:
    """Hear which files will come; to each a place for its bytes, or why it may not come."""
    return declared(_landing(item_id))


@pages.get("/items/<uuid:item_id>/uploads")
def token(item_id: UUID) -> ResponseReturnValue:
    """A fresh token for a page that has been open for long, such as after signing in again elsewhere."""
    _landing(item_id)
    return jsonify(token=fresh_token())


@pages.post("/items/<uuid:item_id>/uploads/rows")
@reads_first
def finish_and_tell(item_id: UUID) -> ResponseReturnValue:
    """Finish the small files among these that wait to be finished together, and say how far all are."""
    finish_waiting(_landing(item_id))
    return rows(item_id)


@pages.get("/items/<uuid:item_id>/uploads/rows")
def rows(item_id: UUID) -> ResponseReturnValue:
    """How far these files are; those that are here, or were refused, with their row for the list on the page."""
    return rows_of(_landing(item_id))


def rows_of(to: OnItem | OnQuestion) -> ResponseReturnValue:
    """How far the files are that a client's page asks after, and how the item is."""
    tag = get_template_attribute("components/task.html", "state_tag")(to.item.state.value)
    return jsonify(tag=tag, rows=how_far(to, lambda found: _drawn(to, found)), checked=_checked(to))


def declared(to: Landing) -> Response:
    """Answer an announcement of files for this place; a page that finishes small ones together says so."""
    wanted = request.get_json(silent=True)
    coming, beside = coming_from(wanted)
    waits = store().antechamber is not None and isinstance(wanted, dict) and wanted.get("together") is True
    answers = actions.declare(to, coming, beside=beside, by=viewer())
    return jsonify(files=[_told(file, answer, waits=waits) for file, answer in zip(coming, answers, strict=True)])


def finish_waiting(to: Landing) -> None:
    """Finish those of the files the page asks after that wait for it."""
    together.finish_all(to, request.args.getlist("id"))
    begin_reading()


def how_far(to: Landing, draw: Callable[[Arrivals], list[str]]) -> dict[str, object]:
    """How far the files are that the page asks after; those that are here, or were refused, drawn as rows of its list."""
    found = queries.arrivals(to, request.args.getlist("id"), by=viewer())
    settled = [(row, upload) for row, upload in found if row.state not in ALIVE and not (upload and upload.removed_at)]
    html = dict(zip((row.id for row, _ in settled), draw(settled), strict=True))
    return {str(row.id): {"state": row.state.value, "html": html.get(row.id, "")} for row, _ in found}


def drawn(template: str, found: Arrivals, **facts: object) -> list[str]:
    """Rows of a list, drawn at one go: what stands around every row is put together once."""
    looks = previews.looks_of([upload for _, upload in found if upload])
    rows = render_template(template, arrived=found, looks=looks, words=arriving.words_of, mark=MARK, **facts)
    return rows.split(MARK)[:-1]


def looked_into(to: Landing) -> list[Upload]:
    """Those of the files the page asks after into which the virus scanner has looked by now."""
    ids = frozenset(request.args.getlist("checking"))
    return [file for file in to.files() if str(file.id) in ids and file.scan is not Scan.WAITING] if ids else []


@pages.post("/uploads/<uuid:incoming_id>/sign")
@reads_first
def sign(incoming_id: UUID) -> ResponseReturnValue:
    """An address for one step of sending a file: ours, or the store's own where browsers may go there directly."""
    row = own(incoming_id)
    wanted = request.get_json(silent=True)
    if not isinstance(wanted, dict):
        raise Refused(NOT_UNDERSTOOD, status=422)
    method, n = str(wanted.get("method")), wanted.get("n")
    if method == "PUT":
        arriving.need_alive(row)
    return jsonify(_address(row, method, n) | (_ahead(row, n) if method == "PUT" else {}))


@pages.get("/uploads/<uuid:incoming_id>/bytes")
def listed(incoming_id: UUID) -> ResponseReturnValue:
    """Which parts are here."""
    parts = [f"<Part><PartNumber>{part.n}</PartNumber><ETag>{part.etag}</ETag></Part>" for part in here(own(incoming_id))]
    return _xml("ListPartsResult", "".join(parts))


@pages.put("/uploads/<uuid:incoming_id>/bytes")
@reads_first
def receive(incoming_id: UUID) -> ResponseReturnValue:
    """Take in one part, or a small file as a whole: ours when the answer says "done", waiting when it says "open"."""
    row = own(incoming_id)
    ticket = signing.read(row, request.args, method="PUT")
    with body(row.name) as brought:
        if brought.length != ticket.length:
            raise Refused(SENTENCES[Code.INCOMPLETE], status=422, name=row.name)
        if ticket.act is Act.PUT_PART:
            return _marked(arriving.take_part(row, ticket.n, brought.stream).etag)
        if ticket.act is Act.LAY_WHOLE:
            arriving.lay(row, brought.stream)
            return jsonify(state=row.state.value)
        return _ended(arriving.take_whole(row, brought.stream))


@pages.post("/uploads/<uuid:incoming_id>/bytes")
@reads_first
def join(incoming_id: UUID) -> ResponseReturnValue:
    """Make one file of the parts the browser names, and finish it."""
    request.max_content_length = SMALL_BODY
    row = own(incoming_id)
    signing.read(row, request.args, method="POST")
    with body(row.name) as brought:
        named = named_in(brought.stream.read())
    answer = _ended(arriving.finish(row, named))
    whole = f"<Location>/</Location><Key>{row.id}</Key>"
    return answer if answer.status_code == 422 else _xml("CompleteMultipartUploadResult", whole, status=answer.status_code)


@pages.post("/uploads/<uuid:incoming_id>/complete")
@reads_first
def complete(incoming_id: UUID) -> ResponseReturnValue:
    """Finish a file whose bytes are all here, and say how far it is; everybody who asks gets the same answer."""
    return _ended(arriving.finish(own(incoming_id)))


@pages.delete("/uploads/<uuid:incoming_id>")
@reads_first
def give_up(incoming_id: UUID) -> ResponseReturnValue:
    """Forget a file that has not arrived; its bytes are dropped."""
    arriving.give_up(own(incoming_id))
    return Response(status=204, mimetype="text/plain")


def _landing(item_id: UUID) -> OnItem:
    """Where the files of this page go: onto the item, or in the place of one of its files."""
    replaces = request.args.get("replaces", type=UUID)
    return OnItem(find_item(item_id, ItemKind.FILES), replaces)


def helps_as(item: Item) -> UUID | None:
    """Who the viewer is, if they were only asked to help with this item: then they take off no file of others."""
    return viewer().person_id if item.id in viewer().parts else None


def _drawn(to: OnItem | OnQuestion, found: Arrivals) -> list[str]:
    return drawn("client/uploads/_arrivals.html", found, item=to.item, question=to.bound.question, hints=hints, helps_as=helps_as(to.item))


def _checked(to: OnItem | OnQuestion) -> dict[str, str]:
    """The rows of those of the files the page asks after that have been checked."""
    files = looked_into(to)
    if not files:
        return {}
    more = {"item": to.item, "question": to.bound.question, "hints": hints, "looks": previews.looks_of(files)}
    more |= {"older": shelf.older_versions(files), "helps_as": helps_as(to.item)}
    sent = sent_before(to.item)
    return {str(f.id): render_template("client/uploads/_checked.html", file=f, before=str(f.id) in sent, **more) for f in files}


def _told(file: Coming, answer: Incoming | Finding | Refused, *, waits: bool) -> dict[str, object]:
    """What the page hears about one file it announced."""
    if isinstance(answer, Finding):
        return {"key": file.key, "message": sentence(answer)}
    if isinstance(answer, Refused):
        return {"key": file.key, "message": said(answer)}
    told: dict[str, object] = {"key": file.key, "id": str(answer.id), "part": answer.part_bytes, "state": answer.state.value}
    if answer.state is IncomingState.OPEN and not answer.part_bytes and store().direct is None:
        told["put"] = _address(answer, "PUT", None, waits=waits)
    return told


def _address(row: Incoming, method: str, n: object, *, waits: bool = False) -> dict[str, object]:
    act = ACTS.get(method, Act.PUT_PART if row.part_bytes else Act.LAY_WHOLE if waits else Act.PUT_WHOLE)
    sizes, length = lengths(row), 0
    if act is Act.PUT_PART and not (isinstance(n, int) and 1 <= n <= len(sizes)):
        raise Refused(NOT_UNDERSTOOD, status=422)
    number = n if act is Act.PUT_PART and isinstance(n, int) else 0
    if method == "PUT":
        length = sizes[max(number, 1) - 1]
    direct = store().direct
    if direct and act is not Act.COMPLETE:
        place = arriving.place_of(row)
        url = direct.url(act, place if row.part_bytes else place.key_in_incoming, n=number or None, length=length or None)
        return {"url": url, "until": int((now() + signing.LIFE).timestamp())}
    query = {} if act is Act.LIST else signing.sign(row, act, n=number, length=length)
    listed = "staff.uploads.listed" if viewer().is_staff else "client.lines.listed"
    return {"url": url_for(listed, incoming_id=row.id, _external=False, **query), "ours": True} | _until(query)


def _ahead(row: Incoming, n: object) -> dict[str, object]:
    """The addresses of the parts that follow, so that not every part has to ask."""
    if not isinstance(n, int) or not row.part_bytes:
        return {}
    following = range(n + 1, min(n + AHEAD, len(lengths(row))) + 1)
    return {"ahead": {str(each): _address(row, "PUT", each) for each in following}}


def _until(query: dict[str, str]) -> dict[str, object]:
    return {"until": int(query["until"])} if query else {}


def _ended(row: Incoming) -> Response:
    """How far a file is: here, just being finished, refused, or still open."""
    answer = jsonify(state=row.state.value)
    answer.status_code = {IncomingState.DONE: 200, IncomingState.COMPLETING: 202, IncomingState.FAILED: 422}.get(row.state, 409)
    if row.state is IncomingState.FAILED:
        answer = Response(arriving.words_of(row) or said(arriving.gone(row)), 422, mimetype="text/plain")
    return answer


def _marked(etag: str) -> Response:
    """That a part is here, with its mark as it is: an answer of no known length is packed on its way, and its mark changed with it."""
    answer = Response(mimetype="application/octet-stream", headers={"ETag": f'"{etag}"'})
    answer.content_length = 0
    return answer


def _xml(name: str, inside: str, *, status: int = 200) -> Response:
    return Response(f"<{name}>{inside}</{name}>", status, mimetype="application/xml")
