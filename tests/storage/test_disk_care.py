"""`flask storage check` on a folder."""

import stat
from pathlib import Path

import pytest

from portal.storage.care import look_at_disk
from portal.storage.disk import DiskStorage


def test_a_folder_of_our_own_is_fine(disk: DiskStorage) -> None:
    assert [trouble.words for trouble in look_at_disk(disk) if "MiB left" not in trouble.words] == []


@pytest.mark.parametrize("name", ["", "incoming", "parts", "blobs"])
def test_a_folder_that_others_can_enter_is_closed(disk: DiskStorage, name: str) -> None:
    folder = disk.root / name
    folder.chmod(0o755)
    (trouble,) = [trouble for trouble in look_at_disk(disk) if "other users" in trouble.words]
    assert trouble.mend is not None
    trouble.mend()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_little_room_is_said(disk: DiskStorage, tmp_path: Path) -> None:
    class Small(DiskStorage):
        def free_bytes(self) -> int:
            return 5 * 1024**2

    (trouble,) = look_at_disk(Small(tmp_path / "small"))
    assert trouble.words == f"The disk of {tmp_path / 'small'} has room for 5 MiB of files."
