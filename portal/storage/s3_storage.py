"""The other store: one bucket of an S3 service.

What browsers write lies in `incoming/`, where its writer may replace it until his address expires. So nothing is ever handed out from
there: it is read and hashed once, and promotion copies exactly what was hashed (its ETag is a condition of the copy) to a key that
nobody else can write and that must not exist before.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from portal.storage import (
    CHUNK,
    Altered,
    Antechamber,
    Begun,
    Direct,
    Incomplete,
    NoSuchKey,
    OtherParts,
    Part,
    Readable,
    Received,
    StorageError,
    Stored,
    StoreDown,
    TooLarge,
    chosen,
)
from portal.storage.s3 import Body, Bucket, Unmet
from portal.storage.s3_direct import Signer
from portal.storage.s3_promotion import Promotion
from portal.storage.s3_stream import Remote
from portal.storage.shapes import BLOB, INCOMING, PREFIX, new_incoming, shaped
from portal.storage.writing import read_from

PART = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Head:
    """What a bucket says of a key: how long it is, and the mark by which one content is told from another."""

    bytes: int
    etag: str
    version: str = ""

    @property
    def pin(self) -> str:
        """The mark as a received file carries it."""
        return f"{self.etag} {self.version}".strip()

    @property
    def same(self) -> dict[str, str]:
        """The conditions under which exactly this is read."""
        return {"IfMatch": self.etag, **({"VersionId": self.version} if self.version else {})}


class S3Storage:
    """Keep bytes in a bucket."""

    def __init__(self, bucket: Bucket, *, part: int = PART, promotion: Promotion | None = None, direct: bool = True) -> None:
        self.bucket = bucket
        self._part = part
        self._promotion = promotion or Promotion(bucket)
        self.direct: Direct | None = Signer(bucket, self._hashed) if direct else None
        self.antechamber: Antechamber | None = None

    def receive(self, stream: Readable, *, limit: int, chunk: int = CHUNK, expected: int | None = None) -> Received:
        """Stream a body through us: in one call when it fits into one part, else in parts; hashed while it comes."""
        digest, begun, parts, size = hashlib.sha256(), Begun(new_incoming(), ""), list[Part](), 0
        try:
            while piece := _take(stream, min(self._part, limit + 1 - size), chunk=chunk):
                size += len(piece)
                if size > limit:
                    raise TooLarge(limit)
                digest.update(piece)
                if len(piece) < self._part and not parts:
                    break
                begun = begun if parts else self._begun(begun.key_in_incoming)
                parts.append(self._put_part(begun, len(parts) + 1, piece))
            if expected is not None and size != expected:
                raise Incomplete(expected=expected, got=size)
            head = self._complete(begun, parts) if parts else self._put(begun.key_in_incoming, piece)
        except BaseException:
            self._drop_quietly(begun)
            raise
        return Received(begun.key_in_incoming, size, digest.hexdigest(), head.pin)

    def begin(self) -> Begun:
        """Open a multipart upload."""
        return self._begun(new_incoming())

    def receive_part(self, begun: Begun, n: int, stream: Readable, *, length: int, offset: int) -> Part:
        """Take a part through us: all of it, before any of it is sent on."""
        if n < 1 or length < 1 or offset < 0:
            raise ValueError(f"no part {n} of {length} bytes at {offset}")
        shaped(begun.key_in_incoming, INCOMING)
        with SpooledTemporaryFile(max_size=2 * PART) as kept:
            got = 0
            while piece := read_from(stream, min(CHUNK, length + 1 - got)):
                got += len(piece)
                if got > length:
                    raise TooLarge(length)
                kept.write(piece)
            if got != length:
                raise Incomplete(expected=length, got=got)
            kept.seek(0)
            words: Any = {"Key": begun.key_in_incoming, "UploadId": begun.store_id, "PartNumber": n, "Body": kept, "ContentLength": length}
            return Part(n, length, _bare(self.bucket.call("upload_part", **words)["ETag"]))

    def parts(self, begun: Begun) -> list[Part]:
        """What the bucket has of it; of a part that came several times the last one."""
        last = {part.n: part for part in self._lying(begun)}
        return [last[n] for n in sorted(last)]

    def _lying(self, begun: Begun) -> list[Part]:
        """Every part by age: some services keep what came first beside what came later, and join whichever is named."""
        words = {"Key": shaped(begun.key_in_incoming, INCOMING), "UploadId": begun.store_id}
        rows = [row for page in self.bucket.pages("list_parts", **words) for row in page.get("Parts", ())]
        return [Part(row["PartNumber"], row["Size"], _bare(row["ETag"])) for row in sorted(rows, key=lambda row: row["LastModified"])]

    def join(self, begun: Begun, parts: Sequence[Part]) -> Received:
        """Complete the upload, unless that has happened, and read it once."""
        size = sum(part.bytes for part in parts)
        try:
            lying = self._lying(begun)
        except NoSuchKey:
            if self._head(begun.key_in_incoming).bytes != size:
                raise OtherParts from None
        else:
            self._complete(begun, chosen(lying, parts))
        return self._hashed(begun.key_in_incoming, expected=size)

    def abandon(self, begun: Begun) -> None:
        """Abort the upload, and drop what may have become of it."""
        key = shaped(begun.key_in_incoming, INCOMING)
        if begun.store_id:
            self._abort(key, begun.store_id)
        self.bucket.call("delete_object", Key=key)

    def promote(self, received: Received, key: str) -> None:
        """Copy what was hashed to its final key, and drop the incoming one."""
        shaped(received.key_in_incoming, INCOMING)
        shaped(key, BLOB)
        if not received.pin and not self._promotion.holds(key, received):
            again = self._hashed(received.key_in_incoming, expected=received.bytes)
            if again.sha256 != received.sha256:
                raise Altered(received.key_in_incoming)
            received = again
        self._promotion.copy(received, key)
        self.bucket.call("delete_object", Key=received.key_in_incoming)

    def open(self, key: str, *, start: int = 0, end: int | None = None) -> BinaryIO:
        """Return a stream over a range; it asks the bucket when it is read."""
        head = self._head(key)
        last = head.bytes if end is None else min(end, head.bytes)
        if not 0 <= start <= last:
            raise ValueError(f"no bytes {start}..{end} in {head.bytes}")
        return self._stream(key, head, start=start, end=last)

    def size(self, key: str) -> int:
        """Return how many bytes lie under this key."""
        return self._head(key).bytes

    def discard(self, incoming: str) -> None:
        """Drop an incoming name, whether whole or still in parts."""
        for each in self._unjoined(shaped(incoming, INCOMING)):
            self._abort(each["Key"], each["UploadId"])
        self.bucket.call("delete_object", Key=incoming)

    def delete(self, key: str) -> None:
        """Remove a final key."""
        self.bucket.call("delete_object", Key=shaped(key, BLOB))

    def keys(self, prefix: str) -> Iterator[Stored]:
        """Walk what lies under a prefix; what still comes in parts is among it, with no bytes yet."""
        return self._walk(shaped(prefix, PREFIX))

    def sweep_incoming(self, *, older_than: datetime, keep: Container[str] = ()) -> int:
        """Drop objects last written, and multipart uploads begun, before this moment, but not those to keep."""
        old = {stored.key for stored in self.keys("incoming/") if stored.written_at < older_than and stored.key not in keep}
        for key in old:
            self.discard(key)
        return len(old)

    def free_bytes(self) -> int | None:
        """A bucket has no end that could be asked for."""
        return None

    def _walk(self, prefix: str) -> Iterator[Stored]:
        for page in self.bucket.pages("list_objects_v2", Prefix=prefix):
            for each in page.get("Contents", ()):
                yield Stored(each["Key"], each["Size"], each["LastModified"])
        if prefix == "incoming/":
            for each in self._unjoined(prefix):
                yield Stored(each["Key"], 0, each["Initiated"])

    def _unjoined(self, prefix: str) -> list[dict[str, Any]]:
        pages = self.bucket.pages("list_multipart_uploads", Prefix=prefix)
        return [each for page in pages for each in page.get("Uploads", ())]

    def _begun(self, key: str) -> Begun:
        return Begun(key, self.bucket.call("create_multipart_upload", Key=key, ContentType="application/octet-stream")["UploadId"])

    def _put(self, key: str, content: bytes | bytearray) -> Head:
        answer = self.bucket.call(
            "put_object", Key=key, Body=bytes(content), ContentMD5=_md5(content), ContentType="application/octet-stream"
        )
        return Head(len(content), answer["ETag"], answer.get("VersionId", ""))

    def _put_part(self, begun: Begun, n: int, content: bytes | bytearray) -> Part:
        where: dict[str, Any] = {"Key": begun.key_in_incoming, "UploadId": begun.store_id, "PartNumber": n}
        answer = self.bucket.call("upload_part", **where, Body=bytes(content), ContentMD5=_md5(content))
        return Part(n, len(content), _bare(answer["ETag"]))

    def _complete(self, begun: Begun, parts: Sequence[Part]) -> Head:
        """Join the parts. An answer that got lost is no failure: whether the file is there, and as long as it must be, decides."""
        named = {"Parts": [{"PartNumber": part.n, "ETag": f'"{part.etag}"'} for part in parts]}
        key, size = begun.key_in_incoming, sum(part.bytes for part in parts)
        trouble: StorageError | None = None
        try:
            self.bucket.call("complete_multipart_upload", Key=key, UploadId=begun.store_id, MultipartUpload=named)
        except (StoreDown, NoSuchKey) as error:
            trouble = error
        try:
            head = self._head(key)
        except NoSuchKey:
            raise trouble or StoreDown(f"{key} was completed and is not there") from None
        if head.bytes != size:
            raise trouble or Incomplete(expected=size, got=head.bytes)
        return head

    def _abort(self, key: str, upload_id: str) -> None:
        try:
            self.bucket.call("abort_multipart_upload", Key=key, UploadId=upload_id)
        except NoSuchKey:
            return

    def _drop_quietly(self, begun: Begun) -> None:
        """Leave nothing behind; what cannot be dropped now is swept later."""
        try:
            self.abandon(begun)
        except StorageError:
            return

    def _head(self, key: str) -> Head:
        answer = self.bucket.call("head_object", Key=shaped(key, BLOB, INCOMING))
        return Head(answer["ContentLength"], answer["ETag"], answer.get("VersionId", ""))

    def _stream(self, key: str, head: Head, *, start: int, end: int) -> BinaryIO:
        def fetch(first: int, last: int) -> Body:
            try:
                return Body(self.bucket.call("get_object", Key=key, Range=f"bytes={first}-{last}", **head.same)["Body"])
            except Unmet:
                raise Altered(key) from None

        return BufferedReader(Remote(fetch, start=start, end=end), CHUNK)

    def _hashed(self, key: str, *, expected: int) -> Received:
        """Read what lies in the antechamber once, pinned to what it is now."""
        head = self._head(shaped(key, INCOMING))
        if head.bytes != expected:
            raise Incomplete(expected=expected, got=head.bytes)
        digest = hashlib.sha256()
        with self._stream(key, head, start=0, end=head.bytes) as stream:
            while piece := stream.read(4 * CHUNK):
                digest.update(piece)
        return Received(key, head.bytes, digest.hexdigest(), head.pin)


def _take(stream: Readable, size: int, *, chunk: int) -> bytearray:
    """Read up to so many bytes, fewer only at the end of the stream."""
    taken = bytearray()
    while len(taken) < size and (piece := read_from(stream, min(chunk, size - len(taken)))):
        taken += piece
    return taken


def _bare(etag: str) -> str:
    return etag.strip('"')


def _md5(content: bytes | bytearray) -> str:
    """What S3 compares a body with when it arrives."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
