"""Lines of a CSV file that a spreadsheet may open: no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

BOM = "\ufeff"
"""Without this mark Excel does not see that a file is UTF-8."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def line(cells: Iterable[str | int | None]) -> str:
    """One line, RFC 4180. A text that a spreadsheet would compute begins with an apostrophe."""
    text = io.StringIO()
    csv.writer(text).writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def harmless(cell: str | int | None) -> str | int:
    if isinstance(cell, str) and cell.startswith(FORMULAS):
        return f"'{cell}"
    return "" if cell is None else cell
