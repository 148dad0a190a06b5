"""Which store an installation keeps its files in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config import BucketAt, Config
from portal.storage import Storage
from portal.storage.disk import DiskStorage

if TYPE_CHECKING:
    from portal.storage.s3 import Bucket


def bucket_of(at: BucketAt) -> Bucket:
    """A bucket as the settings name it."""
    from portal.storage.s3 import Bucket, Place

    return Bucket(Place(at.name, endpoint=at.endpoint, region=at.region, public=at.public, key_id=at.key_id, secret=at.secret))


def store_of(config: Config) -> Storage:
    """The store its settings name. What S3 needs is loaded only where there is a bucket."""
    at = config.bucket
    if at is None:
        return DiskStorage(config.data_dir / "files")
    from portal.storage.s3_storage import S3Storage

    return S3Storage(bucket_of(at), direct=at.direct)
