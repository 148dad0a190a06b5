"""Three more pieces of work: a kill at half, sending straight to a bucket, and fetching what is stored."""

from __future__ import annotations

import hashlib
import math
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.files.house import HOST
from bench.files.limits import Nginx
from bench.files.meters import MIB, anonymous, measured
from bench.files.sender import Line, Sender, path_of
from bench.files.table import Row, Table
from bench.files.work import Portal, Sources, note

PART = 8 * MIB


class _Half(Exception):
    """Half of the parts are sent."""


def killed_at_half(portal: Portal, sources: Sources) -> str:
    """kill -9 in the middle of a part at half of the file; the server starts anew and the same file goes on."""
    size, half = sources.big.stat().st_size, math.ceil(sources.big.stat().st_size / PART / 2)
    sender = Sender(portal.server.port, portal.house.place())
    (told,) = sender.declare([sources.big])

    def stop_at_half(n: int) -> None:
        if n > half:
            raise _Half

    try:
        sender.parts(told, sources.big, before_part=stop_at_half)
    except _Half:
        _half_a_part(sender, told, sources.big, half + 1)
    portal.server.kill()
    sender.line.close()
    begin = time.perf_counter()
    portal.server.start()
    up = time.perf_counter() - begin
    first: list[float] = []
    sent = sender.line.sent
    sender.again()
    (told,) = sender.declare([sources.big])
    told["begun"] = True
    sender.parts(told, sources.big, before_part=lambda n: first.append(time.perf_counter() - begin))
    twice = sent + sender.line.sent - size
    portal.compare(sender.place.item, [sources.big], sources)
    return f"{twice / MIB:.1f} MiB sent twice · served again after {up:.2f} s, first part on its way after {first[0]:.2f} s · SHA-256 equal"


def _half_a_part(sender: Sender, told: dict[str, object], source: Path, n: int) -> None:
    """Begin to send one more part and leave it in the middle."""
    line = Line(sender.port, dict(sender.line.headers))
    line.begin(path_of(sender.sign(told, "PUT", n)), source, start=(n - 1) * PART, length=PART, only=PART // 2)
    sender.line.sent += line.sent
    line.close()


def straight_to_a_bucket(portal: Portal, sources: Sources, table: Table, bucket: Any) -> None:
    """Our page's way: the portal signs, the bucket takes the bytes; the same by boto3 alone. Then the portal reads and keeps."""
    source, size, pid = sources.big, sources.big.stat().st_size, portal.server.pid
    with measured(pid) as meter:
        raw_presigned(bucket, source)
    note(table, "presigned multipart, boto3 alone", meter.seconds, size, 1)
    sender = Sender(portal.server.port, portal.house.place())
    (told,) = sender.declare([source])
    with measured(pid) as meter:
        url = sender.bring(told, source)
    note(table, "Courtside, bytes in the bucket", meter.seconds, size, 1, cpu=meter.cpu, memory=meter.peak - portal.rest)
    per_part = meter.cpu * 1000 / math.ceil(size / PART)
    with measured(pid) as finishing:
        sender.join(url)
    note(table, "Courtside, until it says saved", meter.seconds + finishing.seconds, size, 1, cpu=meter.cpu + finishing.cpu)
    table.rows.setdefault("CPU of the portal for one part", Row("ms")).rates.append(per_part)
    portal.compare(sender.place.item, [source], sources)


def raw_presigned(bucket: Any, source: Path) -> None:
    """What any script would do: boto3 signs, the parts go one after another over one connection, boto3 completes."""
    key = "incoming/" + hashlib.sha256(str(time.time_ns()).encode()).hexdigest()[:32]
    upload = bucket.call("create_multipart_upload", Key=key)["UploadId"]
    size, done = source.stat().st_size, []
    line: Line | None = None
    for n, start in enumerate(range(0, size, PART), 1):
        length = min(PART, size - start)
        url = urlsplit(bucket.sign("upload_part", Key=key, UploadId=upload, PartNumber=n, ContentLength=length))
        line = line or Line(url.port or 80)
        answer = line.put(f"{url.path}?{url.query}", source, start=start, length=length)
        done.append({"PartNumber": n, "ETag": answer.headers["ETag"]})
    bucket.call("complete_multipart_upload", Key=key, UploadId=upload, MultipartUpload={"Parts": done})
    bucket.call("delete_object", Key=key)


def fetched(portal: Portal, front: int, nginx: Nginx, sources: Sources, table: Table, ranges: Table) -> None:
    """The large file from nginx alone, from Python, and through the nginx in front; whole and by a range of its second half."""
    sender = Sender(portal.server.port, portal.house.place())
    sender.big(sources.big)
    url, size = f"/files/{portal.house.upload_of(sender.place.item)}", sources.big.stat().st_size
    static = nginx.root / "big.dat"
    static.write_bytes(sources.big.read_bytes())
    half = size // 2
    wanted = {"Range": f"bytes={half}-{size - 1}"}
    with sources.big.open("rb") as file:
        file.seek(half)
        rest = hashlib.file_digest(file, "sha256").hexdigest()
    ways = [
        ("nginx, the file alone", nginx.plain, "/big.dat", nginx.pid),
        ("Courtside, from Python", portal.server.port, url, portal.server.pid),
    ]
    ways.append(("Courtside, nginx hands it over", nginx.front, url, front))
    for way, port, path, pid in ways:
        headers = {"Host": HOST, "Cookie": sender.line.headers["Cookie"]} if path == url else {}
        for into, more, good, hashed, count in (
            (table, {}, 200, sources.hashes[sources.big], size),
            (ranges, wanted, 206, rest, size - half),
        ):
            line, before = Line(port, dict(headers)), anonymous(pid)
            with measured(pid) as meter:
                got = line.fetch(path, good=good, **more)
            line.close()
            note(into, way, meter.seconds, got, 1, cpu=meter.cpu, memory=meter.peak - before if path == url else None)
            again = Line(port, dict(headers))
            if again.download(path, good=good, **more) != (count, hashed):
                raise SystemExit(f"{way} handed out something else than what was sent.")
            again.close()
    static.unlink()
