"""Programs that tests need and Debian has: found, else installed by root, else named with what to do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence


def find_or_install(find: Callable[[], object], packages: Sequence[str], *, may_install: bool, chosen: str, missing: str) -> None:
    """Print where a program is, installing its packages first when asked to and able to; the variable `chosen` may say where one is."""
    try:
        print(find())
        return
    except FileNotFoundError as lacking:
        if not (may_install and os.getuid() == 0 and shutil.which("apt-get") and not os.environ.get(chosen)):
            sys.exit(str(lacking))
    try:
        _install(packages)
        print(find())
    except (subprocess.CalledProcessError, FileNotFoundError):
        sys.exit(f"{' '.join(packages)} could not be installed. {missing}")


def _install(packages: Sequence[str]) -> None:
    print(f"Installing {' '.join(packages)} …", file=sys.stderr)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(command, check=True, env=env, stdout=sys.stderr)
