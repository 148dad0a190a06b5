"""Text a firm wrote, in one or several languages. Our own text goes through gettext; the two never mix."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

Words = dict[str, str]


def says_something(text: str) -> bool:
    """Whether there is anything to read in a text, and not only spaces and invisible characters."""
    return any(unicodedata.category(letter)[0] not in "CZ" for letter in text)


def best(words: Mapping[str, str], *languages: str) -> str:
    """The text in the first of these languages that has one, else in any."""
    for language in languages:
        if words.get(language):
            return words[language]
    return next((text for text in words.values() if text), "")


def best_language(texts: Iterable[Mapping[str, str]], *languages: str) -> str:
    """The first language in which all texts are present, so that one page never mixes two."""
    texts = [text for text in texts if any(text.values())]
    for language in languages:
        if all(text.get(language) for text in texts):
            return language
    return next((language for text in texts for language, said in text.items() if said), languages[0] if languages else "en")
