"""The nginx that is installed here, to stand before a portal as it does in real life.

`python -m tests.support.nginx` prints where it is; with `--install` root gets Debian's package first when there is none.
"""

import os
import shutil
import sys

from tests.support.packages import find_or_install

PACKAGE = "nginx-light"
PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin")
MISSING = (
    f"nginx is missing. Install the Debian package {PACKAGE} (apt-get install {PACKAGE}), "
    "or say where another one is with NGINX=/path/to/nginx."
)


def find_nginx() -> str:
    """Return the path of an installed nginx, or raise with a sentence about what to install."""
    chosen = os.environ.get("NGINX")
    if chosen:
        if shutil.which(chosen):
            return chosen
        raise FileNotFoundError(f"NGINX says {chosen}, but there is no program of that name.")
    path = shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), *PLACES]))
    if path:
        return path
    raise FileNotFoundError(MISSING)


if __name__ == "__main__":
    may_install = "--install" in sys.argv[1:]
    find_or_install(find_nginx, (PACKAGE,), may_install=may_install, chosen="NGINX", missing=MISSING)
