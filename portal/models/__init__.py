"""The tables and their verbs. Importing this package defines every table."""

from portal.kernel import append_only, outbox, record  # noqa: F401 - they define tables too
from portal.models import (  # noqa: F401
    anchors,
    approvals,
    board,
    clients,
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
    templates,
    turns,
)
