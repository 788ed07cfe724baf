"""How Georgian is typed in Latin letters. Column n is the habit of person n; the first is the plainest."""

from __future__ import annotations

LETTERS: dict[str, tuple[str, ...]] = {
    "ა": ("a",),
    "ბ": ("b",),
    "გ": ("g",),
    "დ": ("d",),
    "ე": ("e",),
    "ვ": ("v",),
    "ზ": ("z",),
    "თ": ("t", "t", "th"),
    "ი": ("i",),
    "კ": ("k",),
    "ლ": ("l",),
    "მ": ("m",),
    "ნ": ("n",),
    "ო": ("o",),
    "პ": ("p",),
    "ჟ": ("zh", "j", "j"),
    "რ": ("r",),
    "ს": ("s",),
    "ტ": ("t",),
    "უ": ("u",),
    "ფ": ("f", "p", "f"),
    "ქ": ("q", "k", "q"),
    "ღ": ("gh", "g", "r"),
    "ყ": ("y", "k", "q"),
    "შ": ("sh", "6", "s"),
    "ჩ": ("ch", "4", "c"),
    "ც": ("ts", "c", "c"),
    "ძ": ("dz", "z", "dz"),
    "წ": ("ts", "w", "c"),
    "ჭ": ("ch", "4", "w"),
    "ხ": ("kh", "x", "h"),
    "ჯ": ("j", "j", "dj"),
    "ჰ": ("h",),
}

AT_THE_START: dict[str, tuple[str, ...]] = {}
