"""The stores the tests of this folder may ask for: `disk`, `moto` (S3 in memory) and `seaweed` (a real S3 service)."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from portal.storage import Storage
from portal.storage.disk import DiskStorage
from portal.storage.s3 import Bucket, Place
from portal.storage.s3_storage import S3Storage
from tests.support.seaweed import empty


@pytest.fixture
def disk(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "store")


@pytest.fixture
def moto() -> Iterator[S3Storage]:
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="portal")
        yield S3Storage(Bucket(Place("portal", key_id="testing", secret="testing")))


@pytest.fixture
def seaweed(seaweed_place: Place) -> S3Storage:
    storage = S3Storage(Bucket(seaweed_place))
    empty(storage)
    return storage


@pytest.fixture(params=["disk", "moto", "seaweed"])
def store(request: pytest.FixtureRequest) -> Storage:
    found: Storage = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["moto", "seaweed"])
def s3(request: pytest.FixtureRequest) -> S3Storage:
    found: S3Storage = request.getfixturevalue(request.param)
    return found
