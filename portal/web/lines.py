"""What pages say while files are on their way, in the reader's language and with its ways of counting."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

SAMPLES = (*range(201), 1000, 1_000_000)

Words = str | dict[str, str]


def line_words(*, ready: bool = False) -> dict[str, Words]:
    """The words for the script; {…} is filled in there. `ready`: what we lay ready for somebody, not what a client sends us."""
    return {
        "waiting": _("Waiting"),
        "offline": _("No connection. It goes on by itself."),
        "finishing": _("Almost there"),
        "paused": _("Paused"),
        "refused": _("Not sent"),
        "left": _("about {time} left"),
        "barLabel": _("Uploading {name}"),
        "pause": _("Pause {name}"),
        "resume": _("Go on with {name}"),
        "remove": _("Remove {name}"),
        "pausedSaid": _("“{name}” is paused."),
        "resumedSaid": _("“{name}” goes on."),
        "removed": _("“{name}” is removed."),
        "started": by_count(lambda n: ngettext("{count} file is on its way.", "{count} files are on their way.", n)),
        "progress": _("{percent} of your files are here."),
        **(_ready() if ready else _saved()),
        "allSaved": _("All files have arrived: {words}."),
        "checked": by_count(lambda n: ngettext("{count} file was checked for viruses.", "{count} files were checked for viruses.", n)),
        "unreadable": _("“{name}” cannot be read. If it is a folder, choose the files in it; else choose it once more."),
        "other": _("This is another file. Choose “{name}” to go on, or remove it from the list."),
        "unfinished": _("This file is not here yet. Choose it to go on, or remove it from the list; then send."),
        "broken": _("Something went wrong on our side. Please choose the file once more."),
    }


def by_count(say: Callable[[int], str]) -> dict[str, str]:
    """Every form a sentence takes in the reader's language, by the kind of number it stands beside (as Intl.PluralRules names them)."""
    locale = get_locale()
    samples = {str(locale.plural_form(n)): n for n in reversed(SAMPLES)} if locale else {}
    return {kind: say(n) for kind, n in ({"other": 100} | samples).items()}


def _saved() -> dict[str, Words]:
    return {
        "saved": by_count(lambda n: ngettext("{count} file saved", "{count} files saved", n)),
        "savedOf": by_count(lambda n: ngettext("{saved} of {count} file saved", "{saved} of {count} files saved", n)),
    }


def _ready() -> dict[str, Words]:
    return {
        "saved": by_count(lambda n: ngettext("{count} file ready", "{count} files ready", n)),
        "savedOf": by_count(lambda n: ngettext("{saved} of {count} file ready", "{saved} of {count} files ready", n)),
    }
