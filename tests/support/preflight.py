"""Apache Preflight, which says whether a PDF is a PDF/A-1b. It needs Java, so `make papers` asks it and `make test` does not.

`python -m tests.support.preflight` installs Debian's packages (root only), prints receipts in all scripts we write, and judges them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from flask import Flask

from portal.app import ROOT
from portal.kernel.clock import now
from portal.web.paper import print_paper
from tests.support.packages import find_or_install

PACKAGES = ("default-jre-headless", "libpdfbox2-java", "libactivation-java", "libjaxb-api-java")
JARS = ("pdfbox2", "preflight", "xmpbox", "fontbox2", "commons-logging", "javax.activation", "jaxb-api")
HOME = Path("/usr/share/java")
MISSING = f"Preflight is missing. Install the Debian packages {', '.join(PACKAGES)} (apt-get install {' '.join(PACKAGES)})."
SCRIPTS = {
    "de": "Grüße aus Köln: „genehmigt“",
    "tr": "Onaylandı: ışık ve gölge, ğüşiöç",
    "vi": "Ếch ộp ữ: đã được chấp thuận",
    "ja": "承認されました。見出しの色",
    "ar": "تمت الموافقة على التصميم",
    "en": "Approved, €1,200.50 — “as shown”",
}


def find_preflight() -> str:
    """Return the class path Java needs, or raise with a sentence about what to install."""
    jars = [HOME / f"{name}.jar" for name in JARS]
    if shutil.which("java") and all(jar.exists() for jar in jars):
        return ":".join(map(str, jars))
    raise FileNotFoundError(MISSING)


def complaints(classes: str, paper: bytes) -> str:
    """What Preflight has against a paper; empty when it is a PDF/A-1b."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(paper)
        file.flush()
        command = ["java", "-cp", classes, "org.apache.pdfbox.preflight.Validator_A1b", file.name]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if "is a valid PDF/A-1b file" in said.stdout else said.stdout + said.stderr


def receipt_facts(words: str, lang: str) -> dict[str, object]:
    """A receipt's facts with these words wherever people's words stand."""
    side = "rtl" if lang == "ar" else "ltr"
    one = {"text": words, "side": side}
    plain = dict.fromkeys(("firm", "client", "project", "head", "files_head"), words)
    return plain | {
        "lang": lang,
        "side": side,
        "title": one,
        "lines": [(words, one)] * 8,
        "files": [(one, "1 MB", "0f" * 32)] * 30,
        "prints": [(words, "a1" * 32)] * 2,
        "page": "{n} / {all}",
    }


def main() -> int:
    """Judge a receipt in every script; and one that is no PDF/A, which has to be noticed."""
    find_or_install(find_preflight, PACKAGES, may_install=True, chosen="", missing=MISSING)
    classes = find_preflight()
    with Flask("papers", template_folder=str(ROOT / "templates")).app_context():
        papers = {lang: print_paper("receipt", receipt_facts(words, lang), at=now(), to_keep=True) for lang, words in SCRIPTS.items()}
        other = print_paper("receipt", receipt_facts("plain", "en"), at=now())
    wrong = {lang: found for lang, paper in papers.items() if (found := complaints(classes, paper))}
    for lang in papers:
        print(f"{lang}  {'no PDF/A-1b: ' + wrong[lang] if lang in wrong else 'is a PDF/A-1b'}")
    if not complaints(classes, other):
        print("A plain PDF was taken for a PDF/A: this check sees nothing.")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
