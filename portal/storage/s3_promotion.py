"""Giving bytes their final key in a bucket: a copy made by the store itself, of exactly what was hashed, to where nothing lies yet."""

from __future__ import annotations

import hashlib
from typing import Any

from portal.storage import Altered, Busy, KeyTaken, NoSuchKey, Received
from portal.storage.s3 import Body, Bucket, Unmet

MIB = 1024 * 1024
TRIES = 3


class Promotion:
    """Copies in one call up to `whole` bytes, and in pieces of `piece` bytes above (S3 takes 5 GiB at once at most)."""

    def __init__(self, bucket: Bucket, *, whole: int = 1024 * MIB, piece: int = 512 * MIB) -> None:
        self._bucket = bucket
        self._whole = whole
        self._piece = piece

    def copy(self, received: Received, key: str) -> None:
        """Copy what was received; fine when the same lies there already. Raises KeyTaken, Altered, NoSuchKey.

        We look before we copy, for the sake of stores that know no conditions; between two of us the condition decides.
        """
        for left in range(TRIES - 1, -1, -1):
            if self.holds(key, received):
                return
            try:
                (self._in_pieces if received.bytes > self._whole else self._at_once)(received, key)
                return
            except Unmet:
                if not self.holds(key, received):
                    raise Altered(received.key_in_incoming) from None
            except Busy:
                if not left:
                    raise

    def holds(self, key: str, received: Received) -> bool:
        """Say whether exactly these bytes lie under the final key, by the hash beside them, else by reading; raises KeyTaken for others."""
        try:
            head = self._bucket.call("head_object", Key=key)
        except NoSuchKey:
            return False
        same_length = head["ContentLength"] == received.bytes
        if not same_length or str(head.get("Metadata", {}).get("sha256") or self._read(key)) != received.sha256:
            raise KeyTaken(key)
        return True

    def _at_once(self, received: Received, key: str) -> None:
        self._bucket.call(
            "copy_object", Key=key, IfNoneMatch="*", MetadataDirective="REPLACE", **self._beside(received), **self._source(received)
        )

    def _in_pieces(self, received: Received, key: str) -> None:
        upload = self._bucket.call("create_multipart_upload", Key=key, **self._beside(received))["UploadId"]
        try:
            parts = []
            for n, start in enumerate(range(0, received.bytes, self._piece), 1):
                span = f"bytes={start}-{min(start + self._piece, received.bytes) - 1}"
                where: dict[str, Any] = {"Key": key, "UploadId": upload, "PartNumber": n, "CopySourceRange": span}
                answer = self._bucket.call("upload_part_copy", **where, **self._source(received))
                parts.append({"PartNumber": n, "ETag": answer["CopyPartResult"]["ETag"]})
            self._bucket.call("complete_multipart_upload", Key=key, UploadId=upload, IfNoneMatch="*", MultipartUpload={"Parts": parts})
        except BaseException:
            self._bucket.call("abort_multipart_upload", Key=key, UploadId=upload)
            raise

    def _source(self, received: Received) -> dict[str, object]:
        etag, _, version = received.pin.partition(" ")
        source = {"Bucket": self._bucket.name, "Key": received.key_in_incoming, **({"VersionId": version} if version else {})}
        return {"CopySource": source, "CopySourceIfMatch": etag}

    def _beside(self, received: Received) -> dict[str, object]:
        return {"Metadata": {"sha256": received.sha256}, "ContentType": "application/octet-stream"}

    def _read(self, key: str) -> str:
        body, digest = Body(self._bucket.call("get_object", Key=key)["Body"]), hashlib.sha256()
        while piece := body.read(MIB):
            digest.update(piece)
        return digest.hexdigest()
