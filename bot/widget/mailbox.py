"""The mailbox of the demo shop: what would have gone out by e-mail, kept in memory and shown on this machine only."""

from __future__ import annotations

import ipaddress
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from aiohttp import web

from barev import clock
from bot.widget import pages

KEPT = 30


@dataclass(frozen=True)
class Mail:
    """One e-mail as the page shows it."""

    at: datetime
    to: str
    subject: str
    language: str
    text: str


class Mailbox:
    """Takes the newest e-mails; a restart empties it."""

    def __init__(self) -> None:
        self.mails: deque[Mail] = deque(maxlen=KEPT)

    async def take(self, mail: EmailMessage) -> None:
        self.mails.appendleft(
            Mail(clock.now(), mail["To"], mail["Subject"], mail["Content-Language"], mail.get_content())
        )


MAILBOX: web.AppKey[Mailbox] = web.AppKey("demo_mailbox")


def routes() -> list[web.RouteDef]:
    return [web.get("/demo/mailbox", mailbox_page)]


async def mailbox_page(request: web.Request) -> web.StreamResponse:
    """GET /demo/mailbox?lang=en|hy|ka: only with demo data, and only from this machine."""
    if not _is_near(request) or await request.app[pages.SHOPPERS]() is None:
        raise web.HTTPNotFound
    return pages.rendered(request, "mailbox.html", mails=list(request.app[MAILBOX].mails))


def _is_near(request: web.Request) -> bool:
    """Behind a proxy everybody would come from this machine."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
