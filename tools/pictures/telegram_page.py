"""What both sides of a chat were shown → a page that looks like a chat."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tests.rig.fake_telegram import Sent, Update

SHARED = {"en": "My phone number", "hy": "Իմ հեռախոսահամարը", "ka": "ჩემი ტელეფონის ნომერი"}
"""How the chat shows a contact: the number itself is nobody's business."""
STYLE = """
body {margin: 0; font: 15px/1.4 "Noto Sans", "DejaVu Sans", sans-serif; background: #d9e4dc; color: #15201a}
header {background: #2f6f57; color: #fff; padding: 12px 16px; display: flex; gap: 12px; align-items: center}
header i {width: 38px; height: 38px; border-radius: 50%; background: #f3d9a4; color: #2f6f57; text-align: center;
          font: bold 18px/38px serif}
header small {display: block; opacity: .8}
main {padding: 14px 12px 18px; display: flex; flex-direction: column; gap: 8px}
p {margin: 0; max-width: 82%; padding: 8px 12px; border-radius: 14px; white-space: pre-line; align-self: flex-start;
   background: #fff; border-bottom-left-radius: 4px; box-shadow: 0 1px 1px #0002}
p.own {align-self: flex-end; background: #d3f2c2; border-radius: 14px 14px 4px 14px}
div {align-self: flex-start; width: 82%; display: flex; flex-direction: column; gap: 4px}
div b {background: #fffc; border-radius: 10px; padding: 7px; text-align: center; font-weight: 500; color: #1d5a45}
div.keyboard {width: 100%; margin: 2px 0 6px} div.keyboard b {background: #f4f6f5; box-shadow: 0 1px 2px #0003}
"""


def page(name: str, language: str, history: Sequence[Update | Sent]) -> str:
    """The chat with the bot of this name; buttons stand where they stood."""
    lines = "\n".join(_theirs(one) if isinstance(one, Sent) else _own(one, language) for one in history)
    shop = escape(name)
    return f"""<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{shop}</title>
<style>{STYLE}</style>
<header><i>{shop[:1]}</i><span><b>{shop}</b><small>bot</small></span></header>
<main>{lines}</main></html>"""


def _own(message: Update, language: str) -> str:
    text = f"☎ {SHARED[language]}" if "contact" in message else message["text"]
    return f'<p class="own">{escape(text)}</p>'


def _theirs(sent: Sent) -> str:
    return f"<p>{escape(sent.text)}</p>" + _buttons("", sent.buttons) + _buttons("keyboard", sent.keyboard)


def _buttons(kind: str, buttons: Sequence[dict[str, str]]) -> str:
    titles = "".join(f"<b>{escape(button['text'])}</b>" for button in buttons)
    return f'<div class="{kind}">{titles}</div>' if titles else ""
