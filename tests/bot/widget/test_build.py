"""The joined file: small, safe, and a true joining of its sources."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from bot.widget.build import HERE, ORDER, joined, small_css, small_js

LIMIT = 15_000
"""Bytes gzipped, as they are served."""

SOURCES = {name: (HERE / "src" / f"{name}.js").read_text("utf-8") for name in ORDER}


def test_the_widget_is_small_enough_to_embed_anywhere() -> None:
    assert len(gzip.compress(joined(), 9)) <= LIMIT


def test_every_source_is_joined_once() -> None:
    on_disk = {
        path.relative_to(HERE / "src").with_suffix("").as_posix() for path in (HERE / "src").rglob("*.js")
    }
    assert sorted(ORDER) == sorted(on_disk)


def test_joining_twice_gives_the_same_bytes() -> None:
    assert joined() == joined()


@pytest.mark.parametrize(
    "word",
    [
        r"innerHTML",
        r"outerHTML",
        r"insertAdjacentHTML",
        r"document\.write",
        r"\beval\b",
        r"new Function",
        r"DOMParser",
        r"createContextualFragment",
        r"setHTML",
        r"srcdoc",
        r"javascript:",
        r"[{,]style:|'style',|style=\"",  # styles only through sheets and the CSSOM
        r"'on(?!line')[a-z]+'|[{,]on[a-z]+:'",  # handlers only as functions
        r"set(?:Timeout|Interval)\('",
    ],
)
def test_no_source_can_turn_text_into_markup_or_code(word: str) -> None:
    assert re.findall(word, joined().decode()) == []


def test_every_import_names_something_that_its_file_exports() -> None:
    for name, source in SOURCES.items():
        for names, target in re.findall(r"^import \{ (.+) \} from '(.+)';$", source, re.M):
            file = (HERE / "src" / name).parent.joinpath(target).resolve()
            exported = set(re.findall(r"^export (?:const|function) (\w+)", file.read_text("utf-8"), re.M))
            assert set(names.split(", ")) <= exported, f"{name} imports from {target}"


def test_every_import_is_used_and_every_foreign_function_imported() -> None:
    exports = {n: set(re.findall(r"^export (?:const|function) (\w+)", s, re.M)) for n, s in SOURCES.items()}
    everything = set().union(*exports.values())
    for name, source in SOURCES.items():
        imports = re.findall(r"^import \{ (.+) \} from", source, re.M)
        imported = {one for names in imports for one in names.split(", ")}
        body = re.sub(r"^(?:import|\s*//).*$", "", source, flags=re.M)
        words = set(re.findall(r"\w+", body))
        called = {one for one in everything & words if re.search(rf"(?:(?<![\w.])|\.\.\.){one}\(", body)}
        own = set(re.findall(r"(?:const|function|let) (\w+)", body)) | set(
            re.findall(r"^ +(\w+)\(", body, re.M)
        )
        assert imported <= words, f"{name} imports what it does not use"
        assert called <= imported | own, f"{name} calls what it does not import"


def test_no_two_sources_use_the_same_name_at_their_top() -> None:
    names = [
        name
        for source in SOURCES.values()
        for name in re.findall(r"^(?:export )?(?:const|let|function|class) (\w+)", source, re.M)
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ORDER)
def test_sources_are_written_so_that_joining_is_safe(name: str) -> None:
    lines = [line for line in SOURCES[name].splitlines() if not line.strip().startswith("//")]
    code = "\n".join(lines)
    assert "`" not in code, "template literals may span lines"
    assert '"' not in code, "strings stand in single quotes"
    assert not re.search(r"\S\s*// ", re.sub(r"'[^'\n]*'", "", code)), "comments stand on lines of their own"
    assert not re.search(r"^import [^;]*$", code, re.M), "an import stands on one line"
    assert not re.search(r"\b(?:export default|import\()", code)
    assert len(SOURCES[name].splitlines()) <= 130


def test_joining_keeps_strings_and_takes_the_rest_of_the_blanks() -> None:
    source = "// a comment\nimport { b } from './b.js';\nexport const a = ' x : { y } ';\n  f(a,\n    b);\n"
    assert small_js(source) == "const a=' x : { y } ';f(a,b);"


def test_styles_lose_comments_and_idle_blanks_only() -> None:
    css = "/* note */ a :hover, b { width: calc(1px + 2px);\n  margin: 0 auto; }\n@media (width: 4px) { a { top: 0 } }"
    assert small_css(css) == "a :hover,b{width:calc(1px + 2px);margin:0 auto}@media (width: 4px){a{top:0}}"


def test_every_text_exists_in_all_three_languages() -> None:
    body = SOURCES["texts"].split("TEXTS = {")[1]
    entries = re.findall(r"^  (\w+): \[(.*?)\],$", body, re.M | re.S)
    assert len(entries) > 30
    for key, texts in entries:
        english, armenian, georgian = re.findall(r"'([^']+)'", texts)
        assert english.isascii() or "…" in english, key
        assert re.search("[\u0530-\u058f]", armenian), key
        assert re.search("[\u10a0-\u10ff]", georgian), key
        assert english.count("{}") == armenian.count("{}") == georgian.count("{}"), key


def test_every_text_is_said_somewhere() -> None:
    keys = re.findall(r"^  (\w+): \[", SOURCES["texts"], re.M)
    rest = "".join(source for name, source in SOURCES.items() if name != "texts")
    said_by_name = {
        "shopper",
        "bot",
        "agent",
        "system",
        "sending",
        "sent",
        "failed",
        "placed",
        "promised",
        "delivered",
    }
    assert [key for key in keys if f"'{key}'" not in rest and key not in said_by_name] == []


def test_georgian_is_never_put_into_capitals() -> None:
    css = Path(HERE / "widget.css").read_text("utf-8") + Path(HERE / "static" / "shop.css").read_text("utf-8")
    assert not re.search(r"text-transform\s*:", css)
    assert "small-caps" not in css
