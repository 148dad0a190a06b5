"""What people may choose and write on a files item, and what we say of a file we cannot take."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField, TextAreaField
from wtforms.validators import Length

from portal.kinds.files import FileSpec
from portal.storage.checks import FAMILY_LABELS, SENTENCES, Family, Finding
from portal.web.forms import Form
from portal.web.i18n import size


class FilesForm(Form):
    """Files and a word about them."""

    files = MultipleFileField(_l("Your files"))
    note = TextAreaField(_l("Anything we should know?"), [Length(max=4000)])


def families(wanted: object) -> str:
    """Families of file types as a person reads them."""
    return ", ".join(_(FAMILY_LABELS[Family(str(each))]) for each in wanted)  # type: ignore[attr-defined]


def sentence(finding: Finding) -> str:
    """What a finding means and what to do about it."""
    facts: dict[str, object] = dict(finding.facts)
    if isinstance(facts.get("limit"), int):
        facts["limit"] = size(int(str(facts["limit"])))
    if "wanted" in facts:
        facts["wanted"] = families(facts["wanted"])
    return str(_(SENTENCES[finding.code], **facts))


def limits(spec: FileSpec) -> str:
    """What fits here, said before anybody chooses."""
    kinds = families(spec.types) if spec.types else _("Any kind of file")
    largest = size(spec.max_bytes)
    if spec.max_count == 1:
        return str(_("%(kinds)s, up to %(size)s.", kinds=kinds, size=largest))
    return str(_("%(kinds)s, up to %(size)s each, at most %(count)s files.", kinds=kinds, size=largest, count=spec.max_count))
