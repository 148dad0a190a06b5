"""Talking to one bucket: the calls of boto3 with our time-outs, and its errors as errors of a store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader

from portal.storage import Busy, NoSuchKey, StorageError, StoreDown, StoreFull

EXPIRES = 15 * 60  # seconds a signed address is good for

_GONE = {"NoSuchKey", "NoSuchUpload", "NotFound", "404"}
_UNMET = {"PreconditionFailed", "412"}
_BUSY = {"ConditionalRequestConflict", "OperationAborted", "409"}
_FULL = {"QuotaExceeded", "InsufficientStorage", "InsufficientCapacity", "XMinioStorageFull", "507"}
_NOT_SET = {
    "NoSuchCORSConfiguration",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchBucketPolicy",
    "OwnershipControlsNotFoundError",
}
_NOT_OFFERED = {"NotImplemented", "MethodNotAllowed", "XNotImplemented", "501", "405"}


class Unmet(StorageError):
    """A condition sent along does not hold: something lies there already, or something else than expected."""


class NotOffered(StorageError):
    """This make of store has no such call."""


@dataclass(frozen=True)
class Place:
    """Where a bucket is and who we are there; `public` is the address browsers reach it at, when that is another one."""

    bucket: str
    endpoint: str = ""
    region: str = "us-east-1"
    public: str = ""
    key_id: str = ""
    secret: str = ""
    token: str = ""


class Bucket:
    """One bucket. Clients of boto3 may be shared by threads."""

    def __init__(self, place: Place) -> None:
        self.name = place.bucket
        self.place = place
        self._client = _client(place, place.endpoint)
        self._signer = _client(place, place.public) if place.public else self._client

    def call(self, verb: str, **words: object) -> dict[str, Any]:
        """Do one call on this bucket; raises errors of a store only."""
        with in_words():
            answer: dict[str, Any] = getattr(self._client, verb)(Bucket=self.name, **words)
        return answer

    def told(self, verb: str) -> dict[str, Any] | None:
        """Ask for a setting of the bucket; None when it is not set. Raises NotOffered where there is no such setting."""
        try:
            with in_words():
                answer: dict[str, Any] = getattr(self._client, verb)(Bucket=self.name)
        except StorageError as error:
            if str(error).split(":")[0] in _NOT_SET:
                return None
            raise
        return answer

    def answers_strangers(self, verb: str, **words: object) -> bool:
        """Whether a call succeeds for somebody without any key."""
        try:
            with in_words():
                getattr(_client(self.place, self.place.endpoint, signature=UNSIGNED), verb)(Bucket=self.name, **words)
        except StorageError:
            return False
        return True

    def pages(self, verb: str, **words: object) -> Iterator[dict[str, Any]]:
        """Walk through an answer that comes in pages."""
        with in_words():
            yield from self._client.get_paginator(verb).paginate(Bucket=self.name, **words)

    def sign(self, verb: str, **words: object) -> str:
        """Sign an address for one call; lengths among the words are part of what is signed."""
        return self.sign_for(EXPIRES, verb, words)

    def sign_for(self, seconds: int, verb: str, words: Mapping[str, object]) -> str:
        """Sign an address for one call that works for so long."""
        with in_words():
            url = self._signer.generate_presigned_url(verb, Params={"Bucket": self.name, **words}, ExpiresIn=seconds)
        return str(url)

    @property
    def origin(self) -> str:
        """Scheme and host of the addresses that are signed, for the policy pages tell browsers."""
        return "/".join(self.sign("head_bucket").split("/")[:3])


class Body:
    """The bytes of an answer as they come."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int) -> bytes:
        """Return up to so many bytes."""
        with in_words():
            piece: bytes = self._body.read(size)
        return piece

    def close(self) -> None:
        """Let go of the connection."""
        self._body.close()


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what boto3 raises into what a store may raise."""
    try:
        yield
    except ClientError as error:
        raise _worded(error) from error
    except BotoCoreError as error:
        raise StoreDown(str(error)) from error


def _worded(error: ClientError) -> StorageError:
    said = error.response.get("Error", {})
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    code, words = str(said.get("Code", status)), f"{said.get('Code', status)}: {said.get('Message', '')}"
    for codes, kind in ((_GONE, NoSuchKey), (_UNMET, Unmet), (_BUSY, Busy), (_FULL, StoreFull), (_NOT_OFFERED, NotOffered)):
        if code in codes:
            return kind(words)
    if code in _NOT_SET:
        return StorageError(words)
    return StoreDown(words) if status >= 500 or status in (301, 307, 400, 401, 403, 404, 429) else StorageError(words)


_DESCRIPTIONS = Loader()  # of Amazon's services: long files that every new session would read again


def _client(place: Place, endpoint: str, *, signature: object = "s3v4") -> Any:
    config = Config(
        signature_version=signature,
        s3={"addressing_style": "path" if endpoint else "virtual"},
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 4},
        max_pool_connections=32,
        tcp_keepalive=True,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    plain = botocore.session.get_session()
    plain.register_component("data_loader", _DESCRIPTIONS)
    session = boto3.session.Session(
        botocore_session=plain,
        aws_access_key_id=place.key_id or None,
        aws_secret_access_key=place.secret or None,
        aws_session_token=place.token or None,
        region_name=place.region,
    )
    at_amazon = f"https://s3.{place.region}.amazonaws.com"  # by region: browsers do not follow the redirect of the general address
    return session.client("s3", endpoint_url=endpoint or at_amazon, config=config)
