"""Pages of a long list."""

from __future__ import annotations

from dataclasses import dataclass

PAGE = 50


@dataclass(frozen=True)
class Paging:
    """Which page of a list is shown; a number past the end is the last page."""

    asked: str
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE))

    @property
    def page(self) -> int:
        number = int(self.asked) if self.asked.isdecimal() and len(self.asked) < 9 else 1
        return min(max(number, 1), self.last)

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE
