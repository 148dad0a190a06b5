"""Which rows a viewer may see: written once, bound to the session, true for joins, counts, unions and bulk statements."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event, select
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, with_loader_criteria
from sqlalchemy.sql import visitors

from portal.kernel.db import Base, Identified, Owned, db
from portal.kernel.refusal import NotFound
from portal.kernel.viewer import Side, Viewer

Model = TypeVar("Model", bound=Base)
Seen = Callable[[type[Model]], sa.ColumnElement[bool]]
Rule = Callable[[Viewer], Seen[Base] | sa.ColumnElement[bool] | None]
_hidden_from_clients: list[tuple[type[Base], Rule]] = []
STANDING = "standing"  # a statement that is kept and asked again and again says so


class Unscoped(RuntimeError):
    """Somebody asks for owned rows without saying who is looking."""


def hide_from_clients(model: type[Model], rule: Callable[[Viewer], Seen[Model] | sa.ColumnElement[bool] | None]) -> None:
    """Show a contact only those rows of a table for which what the rule returns holds; None hides nothing from this contact.

    The rule returns a lambda of the table, which may close over plain values only, or an expression; both hold under an alias too.
    """
    _hidden_from_clients.append((model, cast("Rule", rule)))
    _criteria.cache_clear()


@lru_cache(maxsize=1)
def _owned_tables() -> frozenset[sa.FromClause]:
    return frozenset(m.local_table for m in Base.registry.mappers if issubclass(m.class_, Owned))


@lru_cache(maxsize=512)
def _criteria(viewer: Viewer) -> tuple[LoaderCriteriaOption, ...]:
    """The conditions for a viewer: they follow from nothing but the rights that viewer holds, so equal rights share them."""
    ids = tuple(viewer.clients or ())
    options = [with_loader_criteria(Owned, lambda cls: cls.client_id.in_(ids), include_aliases=True)]
    if viewer.side is Side.CLIENT:
        rules = [(model, rule(viewer)) for model, rule in _hidden_from_clients]
        options += [with_loader_criteria(model, seen, include_aliases=True) for model, seen in rules if seen is not None]
    return tuple(options)


@lru_cache(maxsize=1024)
def _through(statement: sa.Select[Any], viewer: Viewer) -> sa.Select[Any]:
    """A standing statement as a viewer's: put together, and read by the database layer, once."""
    return statement.options(*_criteria(viewer))


@event.listens_for(db.session, "do_orm_execute")
def _scope(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load:
        return
    viewer = state.session.info.get("viewer")
    if viewer is None or not state.is_orm_statement:
        named = {
            t for t in visitors.iterate(cast("visitors.ExternallyTraversible", state.statement)) if isinstance(t, sa.Table)
        } & _owned_tables()
        if named:
            raise Unscoped(", ".join(sorted(str(t) for t in named)))
    if viewer is None or viewer.clients is None:
        return
    if STANDING in state.execution_options:
        state.statement = _through(cast("sa.Select[Any]", state.statement), viewer)
    else:
        state.statement = state.statement.options(*_criteria(viewer))


Row = TypeVar("Row", bound=Identified)


_by_id: dict[tuple[type[Identified], bool], sa.Select[Any]] = {}


def find(model: type[Row], row_id: UUID) -> Row:
    """One row the viewer may see, locked when this session will write; raises NotFound."""
    locked = bool(db.session().info.get("writes"))
    query = _by_id.get((model, locked))
    if query is None:  # put together once: this is asked in every request
        query = select(model).where(model.id == sa.bindparam("row_id"))
        query = query.with_for_update(of=model).execution_options(populate_existing=True) if locked else query
        query = query.execution_options(**{STANDING: True})
        _by_id[model, locked] = query
    row: Row | None = db.session.scalar(query, {"row_id": row_id})
    if row is None:
        raise NotFound
    return row
