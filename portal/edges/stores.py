"""Which store an installation keeps its files in."""

from __future__ import annotations

from config import Config
from portal.storage import Storage
from portal.storage.disk import DiskStorage


def store_of(config: Config) -> Storage:
    """The store its settings name. What S3 needs is loaded only where there is a bucket."""
    at = config.bucket
    if at is None:
        return DiskStorage(config.data_dir / "files")
    from portal.storage.s3 import Bucket, Place
    from portal.storage.s3_storage import S3Storage

    place = Place(at.name, endpoint=at.endpoint, region=at.region, public=at.public, key_id=at.key_id, secret=at.secret)
    return S3Storage(Bucket(place), direct=at.direct)
