"""A letter as a page shows it before it leaves: its plain twin, cut into paragraphs and lists, without the long addresses."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.web.letterpress import Letter

FOOT = "-- "


@dataclass
class Block:
    """A paragraph, a list, or the button of a letter."""

    text: str = ""
    items: list[str] = field(default_factory=list)
    button: bool = False


def blocks(letter: Letter) -> list[Block]:
    """The body of a letter from its greeting to its signature."""
    found: list[Block] = []
    for paragraph in _paragraphs(letter.text):
        items = [line[2:] for line in paragraph if line.startswith("- ")]
        words = [line for line in paragraph if not _is_address(line)]
        if items:
            found.append(Block(items=items))
        elif len(words) < len(paragraph):
            found.append(Block(" ".join(words).removesuffix(":"), button=True))
        else:
            found.append(Block(" ".join(words)))
    if found:
        found[-1].text = "\n".join(_paragraphs(letter.text)[-1])  # the signature keeps its lines
    return found


def _paragraphs(text: str) -> list[list[str]]:
    body = text.split(f"\n{FOOT}\n")[0]
    return [part.splitlines() for part in body.strip().split("\n\n") if part.strip()]


def _is_address(line: str) -> bool:
    return line.strip().startswith(("http://", "https://"))
