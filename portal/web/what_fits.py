"""What fits where files are asked for, said before anybody chooses."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.kinds.files.kind import FileSpec
from portal.web.i18n import number, size
from portal.web.receiving import families

GIGABYTE = 10**9


def limits(spec: FileSpec) -> str:
    """What fits here, said before anybody chooses."""
    kinds = families(spec.types) if spec.types else _("Any kind of file")
    largest = size(spec.max_bytes)
    if spec.max_count == 1:
        first = _("%(kinds)s, up to %(size)s.", kinds=kinds, size=largest)
    else:
        first = _("%(kinds)s, up to %(size)s each, at most %(count)s files.", kinds=kinds, size=largest, count=spec.max_count)
    return " ".join([str(first), *wishes(spec)])


def plain_limit(spec: FileSpec) -> str:
    """What the form says besides to those whose browser runs no script: everything comes in one request."""
    most = int(current_app.config["MAX_CONTENT_LENGTH"])
    if spec.max_bytes * spec.max_count < most:
        return ""
    said = size(most // GIGABYTE * GIGABYTE)
    return str(_("All together up to %(size)s at a time. Send larger ones with JavaScript switched on.", size=said))


def wishes(spec: FileSpec) -> list[str]:
    """What would be good, one sentence each; a file is taken all the same."""
    said = []
    if spec.min_width:
        said.append(_("Pictures at least %(width)s px wide, please.", width=number(spec.min_width)))
    if spec.min_bytes:
        said.append(_("At least %(size)s each.", size=size(spec.min_bytes)))
    if spec.min_pages and spec.min_pages == spec.max_pages:
        said.append(ngettext("%(num)s page.", "%(num)s pages.", spec.min_pages))
    elif spec.min_pages and spec.max_pages:
        said.append(_("Between %(least)s and %(most)s pages.", least=spec.min_pages, most=spec.max_pages))
    elif spec.min_pages:
        said.append(ngettext("At least %(num)s page.", "At least %(num)s pages.", spec.min_pages))
    elif spec.max_pages:
        said.append(ngettext("At most %(num)s page.", "At most %(num)s pages.", spec.max_pages))
    return [str(one) for one in said]
