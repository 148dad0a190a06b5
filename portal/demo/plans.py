"""The firm's template for small websites, in English and German: what most of its projects begin with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import uuid4

from portal.demo.papers import SHELF
from portal.features.templates import actions
from portal.kernel.scope import find
from portal.kernel.viewer import Viewer
from portal.models.template.file.yaml_file import read
from portal.models.templates import ProjectTemplate

NAME = "Small website"


def publish_all(acting: Callable[[], AbstractContextManager[Viewer]]) -> None:
    """Publish the firm's own template."""
    new, draft = uuid4(), read((SHELF / "small_website.yaml").read_text("utf-8")).template
    with acting() as viewer:
        actions.create(new, NAME, language="en", draft=draft, key="small_website", by=viewer)
    with acting() as viewer:
        actions.publish(find(ProjectTemplate, new), rev=1, by=viewer)
