"""Whether a bucket is set up as it must be: ours alone, open to this portal's pages only, and clearing away what was left."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from portal.storage import NoSuchKey, StorageError, StoreDown
from portal.storage.care import Trouble
from portal.storage.s3 import Bucket, NotOffered, Unmet

RULE = "portal-abort-incomplete"
LEFT_AFTER = 10  # days after which the service itself clears away what was begun and never finished
EVERYBODY = ("http://acs.amazonaws.com/groups/global/AllUsers", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers")
BLOCKED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
METHODS = ("GET", "PUT", "POST", "DELETE")


def look_at_bucket(bucket: Bucket, *, page: str, direct: bool) -> Iterator[Trouble]:
    """Everything that is wrong; `page` is the address of the portal, whose pages alone may send files when they go `direct`ly."""
    try:
        bucket.call("list_objects_v2", MaxKeys=1)
    except StoreDown as error:
        missing = str(error).startswith("NoSuchBucket")
        words = "is not there" if missing else f"cannot be read: {error}"
        yield Trouble(f"The bucket {bucket.name} {words}.", partial(_create, bucket) if missing else None)
        return
    for question in (
        _strangers,
        _granted,
        _blocked,
        _policy,
        partial(_cors, page=page, direct=direct),
        _leftovers,
        _deletes,
        _versions,
        _promises,
    ):
        try:
            yield from question(bucket)
        except NotOffered:
            continue
        except StoreDown as error:
            yield Trouble(f"The bucket {bucket.name} does not let the portal's key look at everything: {error}.")


def _create(bucket: Bucket) -> None:
    region = bucket.place.region
    bucket.call("create_bucket", **({} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}))


def _strangers(bucket: Bucket) -> Iterator[Trouble]:
    """Try it, without any key: neither the list nor an object may come."""
    key = f"incoming/{secrets.token_hex(16)}"
    bucket.call("put_object", Key=key, Body=b"private")
    try:
        for verb, words in (("list_objects_v2", {"MaxKeys": 1}), ("get_object", {"Key": key})):
            if bucket.answers_strangers(verb, **words):
                yield Trouble(f"Anybody can read the bucket {bucket.name} without a key ({verb}). Take its public access away.")
    finally:
        bucket.call("delete_object", Key=key)


def _granted(bucket: Bucket) -> Iterator[Trouble]:
    grants = bucket.call("get_bucket_acl").get("Grants", [])
    if any(grant["Grantee"].get("URI") in EVERYBODY for grant in grants):
        yield Trouble(f"The list of grants of {bucket.name} names everybody.", partial(bucket.call, "put_bucket_acl", ACL="private"))


def _blocked(bucket: Bucket) -> Iterator[Trouble]:
    told = bucket.told("get_public_access_block") or {}
    if told.get("PublicAccessBlockConfiguration") != BLOCKED:
        block = partial(bucket.call, "put_public_access_block", PublicAccessBlockConfiguration=BLOCKED)
        yield Trouble(f"Public access to {bucket.name} is not blocked.", block)


def _policy(bucket: Bucket) -> Iterator[Trouble]:
    told = bucket.told("get_bucket_policy_status") or {}
    if told.get("PolicyStatus", {}).get("IsPublic"):
        yield Trouble(f"A policy of {bucket.name} lets everybody in. Take it away, or name in it who may come.")


def _cors(bucket: Bucket, *, page: str, direct: bool) -> Iterator[Trouble]:
    rules = (bucket.told("get_bucket_cors") or {}).get("CORSRules", [])
    others = sorted({origin for rule in rules for origin in rule["AllowedOrigins"]} - {page})
    wanted = {
        "AllowedOrigins": [page],
        "AllowedMethods": list(METHODS),
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 3600,
    }
    put = partial(bucket.call, "put_bucket_cors", CORSConfiguration={"CORSRules": [wanted]})
    if others:
        yield Trouble(f"Pages of {', '.join(others)} may use {bucket.name} (CORS); only those of {page} should.", put)
    elif direct and not any(_enough(rule) for rule in rules):
        yield Trouble(f"Pages of {page} may not send files to {bucket.name} (CORS).", put)


def _enough(rule: dict[str, Any]) -> bool:
    return set(METHODS) <= set(rule["AllowedMethods"]) and "ETag" in rule.get("ExposeHeaders", ()) and "*" in rule.get("AllowedHeaders", ())


def _rules(bucket: Bucket) -> list[dict[str, Any]]:
    return list((bucket.told("get_bucket_lifecycle_configuration") or {}).get("Rules", []))


def _prefix(rule: dict[str, Any]) -> str:
    return str(rule.get("Filter", {}).get("Prefix") or rule.get("Prefix") or "")


def _leftovers(bucket: Bucket) -> Iterator[Trouble]:
    rules = _rules(bucket)
    clears = (rule for rule in rules if rule["Status"] == "Enabled" and rule.get("AbortIncompleteMultipartUpload"))
    if not any("incoming/".startswith(_prefix(rule)) for rule in clears):
        ours = {
            "ID": RULE,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": LEFT_AFTER},
        }
        kept = [rule for rule in rules if rule.get("ID") != RULE]
        yield Trouble(
            f"{bucket.name} does not clear away uploads that were begun and never finished.",
            partial(bucket.call, "put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": [*kept, ours]}),
        )


def _deletes(bucket: Bucket) -> Iterator[Trouble]:
    for rule in _rules(bucket):
        prefix = _prefix(rule)
        reaches = "blobs/".startswith(prefix) or prefix.startswith("blobs/")
        if rule["Status"] == "Enabled" and rule.get("Expiration", {}).keys() & {"Days", "Date"} and reaches:
            yield Trouble(f"The rule {rule.get('ID', '')!r} of {bucket.name} deletes received files after a while. Take it away.")


def _versions(bucket: Bucket) -> Iterator[Trouble]:
    if bucket.call("get_bucket_versioning").get("Status") != "Enabled":
        return
    if not any(rule["Status"] == "Enabled" and rule.get("NoncurrentVersionExpiration") for rule in _rules(bucket)):
        yield Trouble(
            f"{bucket.name} keeps every version for ever: what is deleted here stays there. Add a rule that removes old versions."
        )


def _promises(bucket: Bucket) -> Iterator[Trouble]:
    """Try the two conditions on which files are kept: nothing is copied but what was hashed, and nothing is overwritten."""
    source, target = f"incoming/{secrets.token_hex(16)}", f"blobs/{'0' * 32}/00/{secrets.token_hex(16)}"
    etag = bucket.call("put_object", Key=source, Body=b"checked")["ETag"]
    where = {"Key": target, "CopySource": {"Bucket": bucket.name, "Key": source}}
    try:
        if _succeeds(partial(bucket.call, "copy_object", **where, CopySourceIfMatch='"0"')):
            yield Trouble(
                f"The service of {bucket.name} copies what was not asked for (it ignores x-amz-copy-source-if-match). Use another one."
            )
        bucket.call("delete_object", Key=target)
        copy = partial(bucket.call, "copy_object", **where, CopySourceIfMatch=etag, IfNoneMatch="*")
        copy()
        if _succeeds(copy):
            yield Trouble(
                f"The service of {bucket.name} overwrites when told not to (it ignores If-None-Match on copies). "
                "The portal looks before it copies; two copies at the same moment are not kept apart."
            )
    except StorageError as error:
        yield Trouble(f"The portal's key cannot write, copy and delete in {bucket.name}: {error}.")
    finally:
        for key in (source, target):
            bucket.call("delete_object", Key=key)


def _succeeds(copy: Callable[[], object]) -> bool:
    try:
        copy()
    except (Unmet, NoSuchKey):
        return False
    return True
