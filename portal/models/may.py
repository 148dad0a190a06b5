"""The policy, on one page: `may.<verb>_<noun>(viewer, thing)`. Pages and actions ask the same predicate."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from portal.kernel.viewer import Role, Side, Viewer
from portal.models.files import FromSide
from portal.models.ground.goals import Goal
from portal.models.items import Item


def _acts(viewer: Viewer) -> bool:
    return viewer.seen_as is None


def run_firm(viewer: Viewer) -> bool:
    """Change the firm's settings and its staff."""
    return viewer.side is Side.SYSTEM or (viewer.is_staff and viewer.admin)


def run_clients(viewer: Viewer) -> bool:
    """Create and change clients, people, projects and items, judge deliveries, and send mail."""
    return viewer.is_staff or viewer.side is Side.SYSTEM


def work_on_item(viewer: Viewer, item: Item, doers: Collection[UUID] = ()) -> bool:
    """Upload, answer and hand over: contributors and deciders, or only the named people where there are any."""
    if not (viewer.is_client and _acts(viewer)):
        return False
    if doers:
        return viewer.person_id in doers
    return viewer.role_for(item.client_id) in (Role.DECIDE, Role.CONTRIBUTE)


def answer_question(viewer: Viewer, item: Item, key: str, doers: Collection[UUID] = ()) -> bool:
    """Answer one question, or bring the files of an item: whoever works on the item, and whoever was asked for just this."""
    return work_on_item(viewer, item, doers) or (viewer.is_client and _acts(viewer) and key in viewer.parts.get(item.id, ()))


def ask_colleague(viewer: Viewer, item: Item, doers: Collection[UUID] = ()) -> bool:
    """Hand a part of a questionnaire, or the files of an item, to somebody else, and take it back: whoever works on all of it."""
    return work_on_item(viewer, item, doers)


def decide_item(viewer: Viewer, item: Item, deciders: Collection[UUID] = (), *, in_place: bool = False) -> bool:
    """Approve, ask for changes, confirm: contacts who may decide, or only the named deciders where there are any, or who stands in."""
    if not (viewer.is_client and _acts(viewer)):
        return False
    if in_place:
        return viewer.role_for(item.client_id) in (Role.DECIDE, Role.CONTRIBUTE)
    if deciders:
        return viewer.person_id in deciders
    return viewer.role_for(item.client_id) is Role.DECIDE


def comment_on_item(viewer: Viewer, item: Item, deciders: Collection[UUID] = ()) -> bool:
    """Pin a comment, reply, mark it as done and open it again: the firm, contacts who contribute or decide, and whoever is named to."""
    if viewer.is_staff or viewer.side is Side.SYSTEM:
        return True
    if not (viewer.is_client and _acts(viewer)):
        return False
    return viewer.person_id in deciders or viewer.role_for(item.client_id) in (Role.DECIDE, Role.CONTRIBUTE)


def comment_inside(viewer: Viewer) -> bool:
    """Pin a comment that only the firm ever sees, and say with a reason that one stays as it is."""
    return viewer.is_staff or viewer.side is Side.SYSTEM


def see_agreement(viewer: Viewer, client_id: UUID) -> bool:
    """Read what was agreed for a project: everybody there but guests, who see only what names them."""
    return viewer.is_staff or viewer.role_for(client_id) in (Role.DECIDE, Role.CONTRIBUTE, Role.WATCH)


def ask_change(viewer: Viewer, client_id: UUID) -> bool:
    """Ask for something else than was agreed: contributors and deciders, and staff in their name."""
    return _acts(viewer) and (viewer.is_staff or viewer.role_for(client_id) in (Role.DECIDE, Role.CONTRIBUTE))


def write_questionnaires(viewer: Viewer) -> bool:
    """Make, change, publish and archive questionnaires."""
    return viewer.is_staff or viewer.side is Side.SYSTEM


def write_templates(viewer: Viewer) -> bool:
    """Make, change, publish and archive templates of projects."""
    return viewer.is_staff or viewer.side is Side.SYSTEM


def export_answers(viewer: Viewer) -> bool:
    """Take the answers of clients out of the portal."""
    return viewer.is_staff and _acts(viewer)


def take_record(viewer: Viewer, client_id: UUID) -> bool:
    """Take the record of a client away: staff, and contacts who may decide for that client."""
    return _acts(viewer) and (viewer.is_staff or viewer.role_for(client_id) is Role.DECIDE)


def take_dossier(viewer: Viewer, client_id: UUID) -> bool:
    """Take away what was exchanged, decided and agreed in a project: everybody there but guests, and staff."""
    return _acts(viewer) and see_agreement(viewer, client_id)


def read_news(viewer: Viewer, client_id: UUID) -> bool:
    """Read weekly updates and bad news: everybody there but guests, who see only what names them."""
    return viewer.is_staff or viewer.role_for(client_id) in (Role.DECIDE, Role.CONTRIBUTE, Role.WATCH)


def answer_news(viewer: Viewer, client_id: UUID) -> bool:
    """Answer an update and say that bad news was read: whoever may read them there, for themselves."""
    return viewer.is_client and _acts(viewer) and read_news(viewer, client_id)


def write_message(viewer: Viewer, client_id: UUID, item: Item | None) -> bool:
    """Write to the other side: staff, whoever speaks for the client, and guests where an item names them."""
    if viewer.is_staff or viewer.side is Side.SYSTEM:
        return True
    if not (viewer.is_client and _acts(viewer)) or viewer.helps_only:
        return False
    role = viewer.role_for(client_id)
    return role in (Role.DECIDE, Role.CONTRIBUTE, Role.WATCH) or (role is Role.GUEST and item is not None and item.id not in viewer.limited)


def write_note(viewer: Viewer) -> bool:
    """Write and read what only the firm ever reads."""
    return viewer.is_staff or viewer.side is Side.SYSTEM


def ask_call(viewer: Viewer, client_id: UUID) -> bool:
    """Ask to be called: everybody there, for themselves."""
    return viewer.is_client and _acts(viewer) and viewer.role_for(client_id) is not None


def agree_for_client(viewer: Viewer, client_id: UUID) -> bool:
    """Agree for a client to what silence means, and end that: contacts who may decide for them."""
    return viewer.is_client and _acts(viewer) and viewer.role_for(client_id) is Role.DECIDE


def propose_goal(viewer: Viewer, client_id: UUID) -> bool:
    """Propose goals, write them otherwise and put them in order: the firm, contributors and deciders."""
    return ask_change(viewer, client_id)


def agree_goal(viewer: Viewer, client_id: UUID) -> bool:
    """Say yes to a goal, and at the end whether it was reached: the firm for itself, contacts who may decide for the client."""
    return viewer.is_staff or agree_for_client(viewer, client_id)


def take_back_goal(viewer: Viewer, goal: Goal) -> bool:
    """Take a goal back that one's own side proposed and the firm has not agreed to."""
    return propose_goal(viewer, goal.client_id) and goal.side is FromSide.CLIENT and goal.firm_n == 0


def answer_assumption(viewer: Viewer, client_id: UUID) -> bool:
    """Say whether something we assume is right: contributors and deciders."""
    return viewer.is_client and _acts(viewer) and viewer.role_for(client_id) in (Role.DECIDE, Role.CONTRIBUTE)


def see_as_client(viewer: Viewer) -> bool:
    """Look at the portal through a contact's eyes, without being able to do anything there."""
    return viewer.is_staff and _acts(viewer)
