"""The Chromium that is installed here, and how to start it in tests: headless, and silent towards the world.

`python -m tests.support.chromium` prints where it is; with `--install` root gets Debian's package first when there is none.
"""

import os
import shutil
import sys

from tests.support.packages import find_or_install

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")  # the first takes half the CPU
PACKAGES = ("chromium-headless-shell", "fonts-noto-core", "fonts-noto-cjk")
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
    "Chromium is missing. Install the Debian packages chromium-headless-shell, fonts-noto-core and fonts-noto-cjk "
    "(apt-get install chromium-headless-shell fonts-noto-core fonts-noto-cjk), or say where another one is with CHROMIUM=/path/to/chromium."
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


if __name__ == "__main__":
    may_install = "--install" in sys.argv[1:]
    find_or_install(find_chromium, PACKAGES, may_install=may_install, chosen="CHROMIUM", missing=MISSING)
