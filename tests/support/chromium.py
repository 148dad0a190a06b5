"""The Chromium that is installed here, and how to start it in tests: headless, and silent towards the world.

`python -m tests.support.chromium` prints where it is; with `--install` root gets Debian's package first when there is none.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk")
LAUNCH_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
MISSING = (
    "Chromium is missing. Install the Debian packages chromium, fonts-noto-core and fonts-noto-cjk "
    "(apt-get install chromium fonts-noto-core fonts-noto-cjk), or say where another one is with CHROMIUM=/path/to/chromium."
)


def find_chromium() -> str:
    """Return the path of an installed Chromium, or raise with a sentence about what to install."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        if shutil.which(chosen):
            return chosen
        raise FileNotFoundError(f"CHROMIUM says {chosen}, but there is no program of that name.")
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise FileNotFoundError(MISSING)


def launch_options() -> dict[str, object]:
    """Return what Playwright's `chromium.launch(**…)` needs: pass it on from the fixture `browser_type_launch_args`."""
    return {"executable_path": find_chromium(), "args": list(LAUNCH_ARGS)}


def install() -> None:
    """Install Debian's Chromium and fonts for every language we draw; needs root."""
    print(f"Installing {' '.join(PACKAGES)} …", file=sys.stderr)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]):
        subprocess.run(command, check=True, env=env, stdout=sys.stderr)


def main(*, may_install: bool) -> None:
    """Print the path of Chromium, installing it when asked to and able to."""
    try:
        path = find_chromium()
    except FileNotFoundError as missing:
        able = may_install and os.getuid() == 0 and shutil.which("apt-get") and not os.environ.get("CHROMIUM")
        if not able:
            sys.exit(str(missing))
        try:
            install()
            path = find_chromium()
        except (subprocess.CalledProcessError, FileNotFoundError):
            sys.exit(f"The packages could not be installed. {MISSING}")
    print(Path(path))


if __name__ == "__main__":
    main(may_install="--install" in sys.argv[1:])
