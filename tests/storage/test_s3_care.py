"""`flask storage check` on a bucket: what is wrong is found in words and, where that is possible, set right."""

import json
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
import requests
from moto import mock_aws

from portal.storage import Act
from portal.storage.care import Trouble
from portal.storage.s3 import Bucket, Place
from portal.storage.s3_care import BLOCKED, look_at_bucket
from portal.storage.s3_storage import S3Storage
from tests.support.seaweed import as_new

PAGE = "https://portal.example.com"
MOTO = ("it ignores", "without a key")  # moto knows no conditions on copies, and answers anybody; a real service must not


def look(store: S3Storage, *, direct: bool = True) -> list[Trouble]:
    known = () if store.bucket.place.endpoint else MOTO
    found = look_at_bucket(store.bucket, page=PAGE, direct=direct)
    return [trouble for trouble in found if not any(words in trouble.words for words in known)]


def words(store: S3Storage, *, direct: bool = True) -> str:
    return "\n".join(trouble.words for trouble in look(store, direct=direct))


def mend(store: S3Storage) -> None:
    for trouble in look(store):
        if trouble.mend:
            trouble.mend()


@pytest.fixture
def bare(s3: S3Storage) -> Iterator[S3Storage]:
    """A bucket nobody has set up, whatever other tests did to it before."""
    as_new(s3)
    yield s3
    as_new(s3)


def test_a_new_bucket_is_set_right_once(bare: S3Storage) -> None:
    found = words(bare)
    assert "may not send files" in found
    assert "does not clear away" in found
    mend(bare)
    assert look(bare) == []
    assert [*bare.keys("incoming/"), *bare.keys("blobs/")] == [], "looking leaves nothing behind"


def test_bytes_that_pass_through_the_portal_need_no_cors(bare: S3Storage) -> None:
    assert "CORS" not in words(bare, direct=False)


def test_pages_of_others_are_shut_out(bare: S3Storage) -> None:
    rule = {
        "AllowedOrigins": ["*", PAGE],
        "AllowedMethods": ["GET", "PUT", "POST", "DELETE"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag"],
    }
    bare.bucket.call("put_bucket_cors", CORSConfiguration={"CORSRules": [rule]})
    assert "Pages of * may use" in words(bare)
    assert "Pages of * may use" in words(bare, direct=False)
    mend(bare)
    assert look(bare) == []


@pytest.mark.parametrize("lacking", [{"ExposeHeaders": []}, {"AllowedMethods": ["GET", "PUT"]}, {"AllowedHeaders": ["Content-Type"]}])
def test_a_rule_that_is_not_enough_for_an_upload_is_found(bare: S3Storage, lacking: dict[str, list[str]]) -> None:
    mend(bare)
    (rule,) = bare.bucket.call("get_bucket_cors")["CORSRules"]
    bare.bucket.call("put_bucket_cors", CORSConfiguration={"CORSRules": [{**rule, **lacking}]})
    assert "may not send files" in words(bare)


def test_rules_of_others_are_kept_and_one_that_deletes_files_is_named(bare: S3Storage) -> None:
    theirs = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "blobs/"}, "Expiration": {"Days": 30}}
    bare.bucket.call("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": [theirs]})
    assert "'theirs' of portal deletes received files" in words(bare)
    mend(bare)
    assert [rule["ID"] for rule in bare.bucket.call("get_bucket_lifecycle_configuration")["Rules"]] == ["theirs", "portal-abort-incomplete"]
    assert "'theirs' of portal deletes received files" in words(bare), "that is for a person to decide"


def test_a_bucket_open_to_everybody_is_found_and_closed(seaweed: S3Storage) -> None:
    mend(seaweed)
    seaweed.bucket.call("put_bucket_acl", ACL="public-read")
    try:
        assert "names everybody" in words(seaweed)
    finally:
        mend(seaweed)
    assert look(seaweed) == []


def test_a_bucket_that_answers_strangers_is_found(seaweed: S3Storage) -> None:
    everything = ["arn:aws:s3:::portal", "arn:aws:s3:::portal/*"]
    anybody = {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": everything}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    seaweed.bucket.call("put_bucket_policy", Policy=policy)
    try:
        found = words(seaweed)
    finally:
        seaweed.bucket.call("delete_bucket_policy")
    assert "without a key (list_objects_v2)" in found
    assert "without a key (get_object)" in found
    assert "without a key" not in words(seaweed)


def test_public_access_is_blocked_where_the_service_knows_how(moto: S3Storage) -> None:
    assert "Public access to portal is not blocked" in words(moto)
    mend(moto)
    assert moto.bucket.call("get_public_access_block")["PublicAccessBlockConfiguration"] == BLOCKED


def test_old_versions_that_stay_for_ever_are_named(moto: S3Storage) -> None:
    moto.bucket.call("put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})
    assert "keeps every version for ever" in words(moto)
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}
    moto.bucket.call("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": [rule]})
    assert "keeps every version" not in words(moto)


def test_a_service_that_knows_no_conditions_is_named(moto: S3Storage) -> None:
    found = "\n".join(trouble.words for trouble in look_at_bucket(moto.bucket, page=PAGE, direct=True))
    assert "it ignores If-None-Match" in found
    assert "it ignores x-amz-copy-source-if-match" in found


def test_a_real_service_keeps_both_conditions(seaweed: S3Storage) -> None:
    assert not any("ignores" in trouble.words for trouble in look_at_bucket(seaweed.bucket, page=PAGE, direct=True))


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_a_bucket_that_is_missing_is_made(region: str) -> None:
    with mock_aws():
        store = S3Storage(Bucket(Place("not-yet", region=region, key_id="testing", secret="testing")))
        assert words(store) == "The bucket not-yet is not there."
        mend(store)
        mend(store)
        assert look(store) == []
        assert [bucket["Name"] for bucket in boto3.client("s3", region_name=region).list_buckets()["Buckets"]] == ["not-yet"]


def test_a_wrong_key_is_said(seaweed: S3Storage) -> None:
    (trouble,) = look(S3Storage(Bucket(replace(seaweed.bucket.place, secret="wrong"))))
    assert "The bucket portal cannot be read: SignatureDoesNotMatch" in trouble.words
    assert trouble.mend is None


def test_after_mending_a_page_of_ours_may_send_and_one_of_others_may_not(seaweed: S3Storage) -> None:
    mend(seaweed)
    direct = seaweed.direct
    assert direct is not None
    url = direct.url(Act.PUT_WHOLE, direct.key(), length=5)
    ask = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
    ours = requests.options(url, headers={"Origin": PAGE, **ask}, timeout=60)
    assert ours.headers["Access-Control-Allow-Origin"] == PAGE
    sent = requests.put(url, data=b"hello", headers={"Origin": PAGE}, timeout=60)
    assert "ETag" in sent.headers["Access-Control-Expose-Headers"]
    others = requests.options(url, headers={"Origin": "https://evil.example.com", **ask}, timeout=60)
    assert "Access-Control-Allow-Origin" not in others.headers
