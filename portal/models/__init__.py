"""The tables and their verbs. Importing this package defines every table."""

from portal.kernel import append_only, outbox, record  # noqa: F401 - they define tables too
from portal.models import (  # noqa: F401
    anchors,
    approvals,
    board,
    calls,
    clients,
    closings,
    deliveries,
    deputies,
    files,
    heard,
    hidden,
    items,
    marks,
    news,
    people,
    pins,
    previews,
    projects,
    questionnaires,
    reminders,
    sessions,
    sharing,
    silence,
    snags,
    talk,
    templates,
    turns,
)
from portal.models.ground import assumptions, goals, trail  # noqa: F401
