"""A real S3 service on this machine: SeaweedFS, on free ports and in a folder of its own.

with running_seaweed(folder) as place:
    S3Storage(Bucket(place))
"""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from portal.storage import StorageError
from portal.storage.s3 import Bucket, Place
from portal.storage.s3_storage import S3Storage

KEY_ID, BUCKET = "portal", "portal"
GRPC = 10_000  # every port of SeaweedFS has a second one that far above
SOCKETS = f"{os.sep}tmp"
SWITCHED_OFF = ("-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false")


@contextlib.contextmanager
def running_seaweed(folder: Path, *, seconds: float = 60) -> Iterator[Place]:
    """Start it with one empty bucket, and stop it at the end."""
    secret = secrets.token_hex(16)
    ports = {name: _free_pair() for name in ("s3", "master", "volume", "filer", "admin")}
    log = folder / "weed.log"
    command = [str(Path(sys.executable).parent / "weed"), "-logtostderr=true", "mini", f"-dir={folder}", f"-bucket={BUCKET}"]
    command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", *SWITCHED_OFF, *(f"-{name}.port={port}" for name, port in ports.items())]
    environment = os.environ | {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": secret, "TMPDIR": str(folder)}
    place = Place(BUCKET, f"http://127.0.0.1:{ports['s3']}", key_id=KEY_ID, secret=secret)
    with log.open("wb") as words, subprocess.Popen(command, cwd=folder, env=environment, stdout=words, stderr=words) as process:
        try:
            _wait(place, process, log, seconds=seconds)
            yield place
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()
            for port in ports.values():  # its sockets lie there whatever TMPDIR says
                for socket_file in [
                    *Path(SOCKETS).glob(f"seaweedfs-*-{port}.sock"),
                    *Path(SOCKETS).glob(f"seaweedfs-*-{port + GRPC}.sock"),
                ]:
                    socket_file.unlink(missing_ok=True)


def empty(storage: S3Storage) -> None:
    """Drop everything in the bucket."""
    for stored in [*storage.keys("blobs/"), *storage.keys("previews/"), *storage.keys("incoming/")]:
        (storage.discard if stored.key.startswith("incoming/") else storage.delete)(stored.key)


def as_new(storage: S3Storage) -> None:
    """Take away what a bucket was told about pages, old parts and strangers."""
    for verb in ("delete_bucket_cors", "delete_bucket_lifecycle"):
        storage.bucket.call(verb)
    storage.bucket.call("put_bucket_acl", ACL="private")


def _free_pair() -> int:
    """A port whose second one is free too."""
    while True:
        with socket.socket() as one, socket.socket() as other, contextlib.suppress(OSError, OverflowError):
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            port = port if port < 50_000 else port - 30_000
            other.bind(("127.0.0.1", port + GRPC))
            return port


def _wait(place: Place, process: subprocess.Popen[bytes], log: Path, *, seconds: float) -> None:
    """Return when bytes can be written; at first everything is refused."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            storage = S3Storage(Bucket(place))
            key = "incoming/" + "0" * 32
            storage.bucket.call("put_object", Key=key, Body=b"ready")
            storage.discard(key)
        except StorageError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise TimeoutError(f"SeaweedFS did not start:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.2)
        else:
            return
