"""The map of the house: which pages hang behind which door, and whose notices and letters are on duty."""

from __future__ import annotations

from flask import Blueprint

from portal.desks.client_page import staff as client_page
from portal.desks.home import client as home
from portal.desks.morning import letters as _morning_letters  # noqa: F401
from portal.desks.owed import staff as owed
from portal.edges import mailbox
from portal.features.accounts import client as client_me
from portal.features.accounts import letters as _accounts_letters  # noqa: F401 - on duty once imported
from portal.features.accounts import public as accounts
from portal.features.accounts import staff as staff_me
from portal.features.agreed import client as agreed
from portal.features.agreed import letters as _agreed_letters  # noqa: F401
from portal.features.agreed import notices as _agreed_notices  # noqa: F401
from portal.features.agreed import staff as staff_agreed
from portal.features.approvals import client as approvals
from portal.features.approvals import letters as _approvals_letters  # noqa: F401
from portal.features.approvals import notices as _approvals_notices  # noqa: F401
from portal.features.approvals import staff as staff_approvals
from portal.features.asking import staff as asking
from portal.features.assumptions import client as assumptions
from portal.features.assumptions import letters as _assumptions_letters  # noqa: F401
from portal.features.assumptions import notices as _assumptions_notices  # noqa: F401
from portal.features.assumptions import staff as staff_assumptions
from portal.features.calendars import client as client_calendars
from portal.features.calendars import public as calendars
from portal.features.calendars import staff as staff_calendars
from portal.features.calls import client as calls
from portal.features.calls import letters as _calls_letters  # noqa: F401
from portal.features.calls import notices as _calls_notices  # noqa: F401
from portal.features.calls import staff as staff_calls
from portal.features.clients import letters as _clients_letters  # noqa: F401
from portal.features.clients import notices as _clients_notices  # noqa: F401
from portal.features.clients import staff as clients
from portal.features.clients.staff import many as _many  # noqa: F401
from portal.features.clients.staff import starting as _starting  # noqa: F401 - its pages hang on `clients`
from portal.features.closing import client as closing
from portal.features.closing import letters as _closing_letters  # noqa: F401
from portal.features.closing import notices as _closing_notices  # noqa: F401
from portal.features.closing import staff as staff_closing
from portal.features.dossier import client as dossier
from portal.features.dossier import staff as staff_dossier
from portal.features.exports import staff as exports
from portal.features.files import client as files
from portal.features.files import staff as staff_files
from portal.features.firm import letters as _firm_letters  # noqa: F401
from portal.features.firm import public as firm
from portal.features.firm import staff as firm_settings
from portal.features.goals import client as goals
from portal.features.goals import letters as _goals_letters  # noqa: F401
from portal.features.goals import notices as _goals_notices  # noqa: F401
from portal.features.goals import staff as staff_goals
from portal.features.helping import client as helping
from portal.features.helping import letters as _helping_letters  # noqa: F401
from portal.features.helping import notices as _helping_notices  # noqa: F401
from portal.features.items import client as items
from portal.features.items import letters as _items_letters  # noqa: F401
from portal.features.items import notices as _items_notices  # noqa: F401
from portal.features.morning import staff as morning
from portal.features.news import client as news
from portal.features.news import letters as _news_letters  # noqa: F401
from portal.features.news import notices as _news_notices  # noqa: F401
from portal.features.news import staff as staff_news
from portal.features.news.staff import bad as _bad_news  # noqa: F401 - its pages hang on `staff_news`
from portal.features.nudges import letters as _nudges_letters  # noqa: F401
from portal.features.nudges import staff as nudges
from portal.features.papers import client as papers
from portal.features.papers import staff as staff_papers
from portal.features.pins import client as pins
from portal.features.pins import letters as _pins_letters  # noqa: F401
from portal.features.pins import notices as _pins_notices  # noqa: F401
from portal.features.pins import staff as staff_pins
from portal.features.projects import staff as projects
from portal.features.quarantine import letters as _quarantine_letters  # noqa: F401
from portal.features.quarantine import notices as _quarantine_notices  # noqa: F401
from portal.features.quarantine import staff as quarantine
from portal.features.questionnaires import client as questionnaires
from portal.features.questionnaires import staff as questionnaire_editor
from portal.features.questionnaires.client import again
from portal.features.questionnaires.client import pictures as note_pictures
from portal.features.questionnaires.staff import correcting, secrets
from portal.features.questionnaires.staff import pictures as staff_note_pictures
from portal.features.records import client as records
from portal.features.records import letters as _records_letters  # noqa: F401
from portal.features.records import staff as staff_records
from portal.features.reminders import client as my_reminders
from portal.features.reminders import letters as _reminders_letters  # noqa: F401
from portal.features.reminders import public as ending
from portal.features.reminders import staff as reminders
from portal.features.reminders.staff import schedules
from portal.features.reports import staff as reports
from portal.features.returning import staff as returning
from portal.features.review import staff as review
from portal.features.review.staff import answers as staff_answers
from portal.features.review.staff import snippets as staff_snippets
from portal.features.sharing import client as sharing
from portal.features.sharing import letters as _sharing_letters  # noqa: F401
from portal.features.sharing import notices as _sharing_notices  # noqa: F401
from portal.features.sharing import staff as staff_sharing
from portal.features.silence import client as silence
from portal.features.silence import letters as _silence_letters  # noqa: F401
from portal.features.silence import notices as _silence_notices  # noqa: F401
from portal.features.silence import staff as staff_silence
from portal.features.snags import client as snags
from portal.features.snags import letters as _snags_letters  # noqa: F401
from portal.features.snags import notices as _snags_notices  # noqa: F401
from portal.features.snags import staff as staff_snags
from portal.features.talk import client as talk
from portal.features.talk import letters as _talk_letters  # noqa: F401
from portal.features.talk import notices as _talk_notices  # noqa: F401
from portal.features.talk import staff as staff_talk
from portal.features.team import letters as _team_letters  # noqa: F401
from portal.features.team import staff as team
from portal.features.templates import staff as project_templates
from portal.features.templates.staff import editor as template_editor
from portal.features.templates.staff import files as template_files
from portal.features.templates.staff import outline as template_outline
from portal.features.templates.staff import preview as template_preview
from portal.features.templates.staff import pulling as _pulling  # noqa: F401 - its pages hang on `project_templates`
from portal.features.uploads import client as uploads
from portal.features.uploads import finishing as _uploads_finishing  # noqa: F401
from portal.features.uploads import staff as staff_uploads
from portal.features.uploads.client import answers, lines
from portal.features.versions import client as versions
from portal.features.viewing import staff as viewing
from portal.kinds.previews import making as _previewing  # noqa: F401


def public_pages(*, demo: bool) -> list[Blueprint]:
    """Pages for everybody; the mailbox exists in the demo only."""
    pages = [accounts.pages, firm.pages, ending.pages, calendars.pages]
    return [*pages, mailbox.pages] if demo else pages


def client_pages() -> list[Blueprint]:
    """Pages for contacts."""
    return [
        home.pages,
        client_me.pages,
        items.pages,
        questionnaires.pages,
        again.pages,
        note_pictures.pages,
        uploads.pages,
        lines.pages,
        answers.pages,
        files.pages,
        sharing.pages,
        versions.pages,
        approvals.pages,
        pins.pages,
        closing.pages,
        dossier.pages,
        agreed.pages,
        silence.pages,
        papers.pages,
        records.pages,
        helping.pages,
        my_reminders.pages,
        news.pages,
        snags.pages,
        goals.pages,
        calls.pages,
        client_calendars.pages,
        talk.pages,
        assumptions.pages,
    ]


def staff_pages() -> list[Blueprint]:
    """Pages for staff."""
    return [
        questionnaire_editor.pages,
        project_templates.pages,
        template_editor.pages,
        template_outline.pages,
        template_preview.pages,
        secrets.pages,
        correcting.pages,
        staff_note_pictures.pages,
        exports.pages,
        reports.pages,
        staff_closing.pages,
        staff_dossier.pages,
        template_files.pages,
        review.pages,
        staff_answers.pages,
        quarantine.pages,
        owed.pages,
        nudges.pages,
        reminders.pages,
        staff_approvals.pages,
        staff_pins.pages,
        viewing.pages,
        asking.pages,
        client_page.pages,
        clients.pages,
        projects.pages,
        staff_files.pages,
        staff_sharing.pages,
        staff_uploads.pages,
        staff_papers.pages,
        staff_records.pages,
        *_between_us_and_clients(),
        *_settings(),
    ]


def _between_us_and_clients() -> list[Blueprint]:
    """The staff's pages of what is said and agreed beside the list of a project."""
    return [
        staff_agreed.pages,
        staff_silence.pages,
        staff_news.pages,
        staff_snags.pages,
        staff_goals.pages,
        returning.pages,
        staff_calls.pages,
        staff_calendars.pages,
        staff_talk.pages,
        staff_assumptions.pages,
    ]


def _settings() -> list[Blueprint]:
    """Pages on which staff choose things for the firm and for themselves."""
    return [firm_settings.pages, schedules.pages, staff_snippets.pages, team.pages, staff_me.pages, morning.pages]
