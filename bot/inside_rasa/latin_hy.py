"""How Armenian is typed in Latin letters. Column n is the habit of person n; the first is the plainest."""

from __future__ import annotations

LETTERS: dict[str, tuple[str, ...]] = {
    "ու": ("u", "u", "ou"),
    "և": ("ev", "yev", "ev"),
    "ա": ("a",),
    "բ": ("b",),
    "գ": ("g",),
    "դ": ("d",),
    "ե": ("e",),
    "զ": ("z",),
    "է": ("e",),
    "ը": ("y", "@", "e"),
    "թ": ("t", "t", "th"),
    "ժ": ("zh", "j", "zh"),
    "ի": ("i",),
    "լ": ("l",),
    "խ": ("kh", "x", "x"),
    "ծ": ("ts", "c", "tc"),
    "կ": ("k",),
    "հ": ("h",),
    "ձ": ("dz", "dz", "z"),
    "ղ": ("gh", "x", "g"),
    "ճ": ("ch", "j", "tch"),
    "մ": ("m",),
    "յ": ("y", "y", "j"),
    "ն": ("n",),
    "շ": ("sh", "sh", "š"),
    "ո": ("o",),
    "չ": ("ch",),
    "պ": ("p",),
    "ջ": ("j", "j", "dj"),
    "ռ": ("r", "r", "rr"),
    "ս": ("s",),
    "վ": ("v", "v", "w"),
    "տ": ("t",),
    "ր": ("r",),
    "ց": ("ts", "c", "tc"),
    "ւ": ("v",),
    "փ": ("p", "p", "ph"),
    "ք": ("q", "k", "k"),
    "օ": ("o",),
    "ֆ": ("f",),
}

AT_THE_START: dict[str, tuple[str, ...]] = {"ո": ("vo", "vo", "o"), "ե": ("ye", "e", "e")}
"""Letters that begin a word are often typed as they are heard."""
