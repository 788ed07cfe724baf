"""Joins the widget's small sources and its styles into the one file that shops embed.

The sources are ES modules so that an editor can follow them. Joining takes their imports and exports away and
puts everything into one function: the page sees no name of ours but window.Barev.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

HERE = Path(__file__).parent

# A file stands after the files whose constants it uses while it is loaded; start.js runs the rest.
ORDER = (
    "texts", "dom", "language", "memory", "links", "times",
    "store", "connection", "outbox", "frames", "chat",
    "view/accent", "view/card", "view/row", "view/log", "view/below", "view/lines",
    "view/composer", "view/menu", "view/launcher", "view/panel",
    "element", "start",
)  # fmt: skip

STRING = re.compile(r"('(?:[^'\\\n]|\\.)*')")


def joined() -> bytes:
    """The served widget.js, UTF-8. The same sources give the same bytes."""
    css = small_css((HERE / "widget.css").read_text("utf-8"))
    sources = (small_js((HERE / "src" / f"{name}.js").read_text("utf-8")) for name in ORDER)
    lines = ["(() => {", "'use strict';", f"const CSS_TEXT = {json.dumps(css)};", *sources, "})();", ""]
    return "\n".join(lines).encode()


def small_js(source: str) -> str:
    """The source without imports, `export`, whole-line comments, indentation and the blanks between signs.

    Blanks beside + - and / stay, and so does every line break that could end a statement. Safe for the way
    the sources are written (a test holds them to it): strings in single quotes, no template literals, no
    quotes and no blanks inside regular expressions, no comment behind code.
    """
    lines = (line.strip() for line in source.splitlines())
    kept = (line.removeprefix("export ") for line in lines if line and not line.startswith(("//", "import ")))
    parts = STRING.split("\n".join(kept))
    parts[::2] = [re.sub(r" *([{}()\[\],;:=<>*&|?!]+) *", r"\1", part) for part in parts[::2]]
    return re.sub(r"([{(\[,;=>&|?:])\n", r"\1", "".join(parts))


def small_css(source: str) -> str:
    """The styles without comments and without the blanks that mean nothing."""
    without_comments = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    one_line = re.sub(r"\s+", " ", without_comments)
    tight = re.sub(r"\s*([{};,>])\s*", r"\1", one_line)
    return re.sub(r": (?=[^{}]*[;}])", ":", tight).replace(";}", "}").strip()
