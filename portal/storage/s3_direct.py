"""Addresses at which browsers bring their bytes to the bucket themselves, each signed for one act, one place and one length."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from portal.storage import Act, Begun, Received
from portal.storage.shapes import BLOB, INCOMING, new_incoming, shaped

if TYPE_CHECKING:
    from portal.storage.s3 import Bucket

VERBS = {
    Act.PUT_WHOLE: "put_object",
    Act.CREATE: "create_multipart_upload",
    Act.PUT_PART: "upload_part",
    Act.LIST: "list_parts",
    Act.COMPLETE: "complete_multipart_upload",
    Act.ABORT: "abort_multipart_upload",
}
MOMENT = 60  # seconds: nobody can be kept from using an address once they have it
PUTS = frozenset({Act.PUT_WHOLE, Act.PUT_PART})
WHOLE = frozenset({Act.PUT_WHOLE, Act.CREATE})


class Signer:
    """Signs for places in the antechamber only: nobody but us writes a final key."""

    def __init__(self, bucket: Bucket, adopt: Callable[..., Received]) -> None:
        self._bucket = bucket
        self._adopt = adopt

    @property
    def origin(self) -> str:
        """Where the signed addresses lead."""
        return self._bucket.origin

    def key(self) -> str:
        """Return a new name in `incoming/`."""
        return new_incoming()

    def url(self, act: Act, place: Begun | str, *, n: int | None = None, length: int | None = None) -> str:
        """Sign an address for one act."""
        key = place.key_in_incoming if isinstance(place, Begun) else place
        words: dict[str, object] = {"Key": shaped(key, INCOMING)}
        if act not in WHOLE:
            if not isinstance(place, Begun) or not place.store_id:
                raise ValueError(f"{act} needs a file that was begun")
            words["UploadId"] = place.store_id
        if act in PUTS:
            if length is None or length < 0:
                raise ValueError(f"{act} needs a length")
            words["ContentLength"] = length
        if act is Act.PUT_PART:
            if n is None or not 1 <= n <= 10_000:
                raise ValueError("a part needs a number from 1 to 10000")
            words["PartNumber"] = n
        return self._bucket.sign(VERBS[act], **words)

    def adopt(self, key_in_incoming: str, *, expected: int) -> Received:
        """Hash what a browser laid there."""
        return self._adopt(key_in_incoming, expected=expected)

    def fetch(self, key: str, *, disposition: str, type: str) -> str:
        """Sign an address at which a final key can be read for a minute; how it is shown is part of what is signed."""
        said = {"ResponseContentDisposition": disposition, "ResponseContentType": type, "ResponseCacheControl": "private, no-store"}
        return self._bucket.sign_for(MOMENT, "get_object", {"Key": shaped(key, BLOB), **said})
