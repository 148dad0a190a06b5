"""Anchors that others keep: a bucket that lets nobody delete them, and a time-stamp that openssl knows to be for them."""

import subprocess
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from config import Config, Unsafe
from portal.edges import anchoring_afar as afar
from portal.edges.queue import write_ends_down
from portal.kernel.verifying import read_anchors
from tests.edges.test_cli import SAFE
from tests.edges.test_stores import KEYS
from tests.support.tsa import running_tsa

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def settings(app, tmp_path, monkeypatch):
    """Say where anchors go."""
    monkeypatch.setitem(app.config, "ANCHOR_FILE", str(tmp_path / "anchors.jsonl"))
    monkeypatch.setitem(app.config, "ANCHOR_MAIL", False)

    def work(**told: str) -> None:
        monkeypatch.setitem(app.config, "CONFIG", replace(app.config["CONFIG"], storage_key=("testing", "testing"), **told))

    return work


@pytest.mark.parametrize("lockable", [True, False])
def test_the_ends_of_a_day_lie_locked_in_a_bucket_or_are_tried_again(app, cast, clock, do_chores, settings, tmp_path, lockable):
    settings(anchor_bucket="s3://anchors?days=30")
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="anchors", ObjectLockEnabledForBucket=lockable)
        write_ends_down(app)
        do_chores()
        found = s3.list_object_versions(Bucket="anchors").get("Versions", [])
        if not lockable:
            assert found == []
            return
        (one,) = found
        got = s3.get_object(Bucket="anchors", Key=one["Key"])
        assert got["Body"].read() == (tmp_path / "anchors.jsonl").read_bytes() and got["ObjectLockMode"] == "COMPLIANCE"
        assert (got["ObjectLockRetainUntilDate"] - clock.now).days in (29, 30)
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.delete_object(Bucket="anchors", Key=one["Key"], VersionId=one["VersionId"])


def test_a_time_stamp_is_one_for_the_ends_of_that_day(app, cast, clock, do_chores, settings, tmp_path):
    with running_tsa(tmp_path) as service:
        settings(anchor_tsa=service)
        write_ends_down(app)
        assert do_chores() == 2
    (stamped,) = (tmp_path / "anchors").glob("*.jsonl")
    assert stamped.read_bytes() == (tmp_path / "anchors.jsonl").read_bytes() and len(read_anchors(stamped)) >= 2

    def says(text: Path) -> int:
        against = ("-in", stamped.with_suffix(".tsr"), "-CAfile", tmp_path / "tsa.pem")
        return subprocess.run(["openssl", "ts", "-verify", "-data", text, *against], capture_output=True, check=False).returncode

    assert says(stamped) == 0
    changed = tmp_path / "changed.jsonl"
    changed.write_bytes(stamped.read_bytes().replace(b'"seq":', b'"seq":1'))
    assert says(changed) != 0


def test_an_answer_to_another_question_is_no_time_stamp(tmp_path):
    with running_tsa(tmp_path) as service:
        (tmp_path / "serial").unlink()
        (tmp_path / "tsa.cnf").write_text((tmp_path / "tsa.cnf").read_text().replace("digests = sha256", "digests = sha512"))
        with pytest.raises(ValueError, match="algorithm"):
            afar.time_stamp(service, b"ends")


def test_a_service_that_is_away_is_asked_again(app, cast, clock, do_chores, settings, tmp_path):
    settings(anchor_tsa="http://127.0.0.1:9/")
    write_ends_down(app)
    do_chores()
    assert (tmp_path / "anchors.jsonl").exists() and not (tmp_path / "anchors").exists()
    with running_tsa(tmp_path) as service:
        settings(anchor_tsa=service)
        clock.advance(minutes=40)
        do_chores()
    assert len(list((tmp_path / "anchors").glob("*.tsr"))) == 1


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"ANCHOR_BUCKET": "anchors"}, "Use s3://bucket"),
        ({"ANCHOR_BUCKET": "s3://anchors?days=soon"}, "days=3650"),
        ({"ANCHOR_BUCKET": "s3://anchors", "AWS_SECRET_ACCESS_KEY": ""}, "The bucket of ANCHOR_BUCKET needs both"),
        ({"ANCHOR_TSA": "tsa.example.com"}, "address of a time-stamp service"),
    ],
)
def test_settings_that_mean_nothing_are_refused(tmp_path, told, says):
    with pytest.raises(Unsafe, match=says):
        Config.from_env({**SAFE, **KEYS, "DATA_DIR": str(tmp_path), **told})
