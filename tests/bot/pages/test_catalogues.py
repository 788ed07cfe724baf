"""Every text of the pages is there in every language, with the same values in it."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from barev.language import LANGUAGES
from barev.settings import ROOT
from bot.pages.catalogues import CATALOGUES
from bot.pages.pages import Pages

METHODS = [("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true"}}
CSV_TITLES = {"Name", "E-mail", "Phone", "Points", "Waiting", "Set aside", "Customer since"}
VALUE = re.compile(r"%\(\w+\)[sd]")


def texts() -> set[str | tuple[str, ...]]:
    """Every text that a template of the staff's pages shows, a text with its plural as a pair."""
    found: set[str | tuple[str, ...]] = set(CSV_TITLES)
    for room in ("pages", "owner", "desk"):
        if (ROOT / "bot" / room / "templates").exists():
            for _, _, message, _, _ in extract_from_dir(ROOT / "bot" / room, METHODS, OPTIONS):
                found.add(message)
    return found


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_every_text_is_translated_and_nothing_else_is(language: str) -> None:
    known: dict[str | tuple[str, ...], object] = {}
    for path in (CATALOGUES / language).glob("*.po"):
        for message in read_po(BytesIO(path.read_bytes()), locale=language):
            if message.id:
                assert message.id not in known, f"{message.id!r} stands in two files"
                known[message.id if isinstance(message.id, str) else tuple(message.id)] = message.string
                assert not message.fuzzy
    assert set(known) == texts()
    for source, told in known.items():
        sources = [source] if isinstance(source, str) else list(source)
        forms = [told] if isinstance(told, str) else list(told)  # type: ignore[call-overload]
        assert all(forms), source
        assert {frozenset(VALUE.findall(form)) for form in forms} == {frozenset(VALUE.findall(sources[0]))}


def test_a_page_is_shown_in_each_language() -> None:
    shown = set()
    for language in LANGUAGES:
        response = Pages().response(
            "staff/sign-in.html",
            language=language,
            staff=None,
            shop_name="Shop",
            wrong="too_many",
            email="",
            next="",
        )
        assert response.headers["Content-Language"] == language
        assert f'<html lang="{language}">' in str(response.text)
        shown.add(response.text)
    assert len(shown) == 3


def test_no_page_has_a_script_or_style_of_its_own() -> None:
    """The content policy would refuse it."""
    for path in Path(ROOT / "bot").glob("*/templates/**/*.html"):
        source = path.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", source), path
