"""Sends one-time codes by e-mail: finds those that are asked for, computes each, hands it to the mail server; an
address that several customers share is told what to do instead.

Nothing of a code is kept or logged; one that cannot be sent is tried again with longer and longer pauses as long as
it is good. A kill while one is being sent may send it twice (the same code), never not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from barev.settings import Settings
from barev.wording import Wording
from bot import metrics
from bot.rendering import Rendering
from crm_store import identity_codes, shop
from crm_store.db import Store
from crm_store.models import CodeChallenge

LOOK_SECONDS = 1.0
SEND_SECONDS = 20.0
"""Shorter than the minute for which a code that is being sent is left alone by other gateways."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
DEMO_SENDER = "demo@barev.example"

Send = Callable[[EmailMessage], Awaitable[None]]
log = structlog.get_logger()


class CodeMail:
    """Looks every second for codes to send. `smtp`: None without a mail server, then the demo shop's own mailbox
    takes them, and without the demo nobody does (the action has said so)."""

    def __init__(
        self,
        store: Store,
        rendering: Rendering,
        *,
        secret: str,
        sender: str,
        smtp: Send | None,
        mailbox: Send,
    ) -> None:
        self._store = store
        self._rendering = rendering
        self._secret = secret
        self._sender = sender or DEMO_SENDER
        self._smtp = smtp
        self._mailbox = mailbox

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.send_waiting()
            except Exception as error:
                log.error("could not look for codes to send", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)

    async def send_waiting(self) -> None:
        """Send what waits now."""
        async with self._store.read() as session:
            if not await identity_codes.waiting(session):
                return
            the_shop = await shop.the_shop(session)
            wording = await self._rendering.wording(session)
        send = self._smtp or (self._mailbox if the_shop and the_shop.is_demo else None)
        if send is None:
            return
        async with self._store.write() as session:
            taken = await identity_codes.take_to_send(session)
        name = the_shop.name if the_shop else ""
        await asyncio.gather(*(self._send(send, wording, name, *one) for one in taken))

    async def _send(
        self, send: Send, wording: Wording, shop_name: str, challenge: CodeChallenge, to: str, language: str
    ) -> None:
        response = "utter_mail_whose" if challenge.ambiguous else "utter_mail_code"
        values = {"shop": shop_name}
        if not challenge.ambiguous:
            values["code"] = identity_codes.code_of(challenge, self._secret)
        try:
            mail = EmailMessage()
            name, address = parseaddr(self._sender)
            mail["From"], mail["To"] = formataddr((name or shop_name, address)), to
            mail["Subject"] = wording.text(f"{response}_subject", language, values)
            mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=address.rpartition("@")[2])
            mail["Auto-Submitted"], mail["Content-Language"] = "auto-generated", language
            mail.set_content(wording.text(response, language, values))
            await asyncio.wait_for(send(mail), SEND_SECONDS)
        except Exception as error:
            # Neither the address nor the words: only what kind of failure it was.
            answer = getattr(error, "code", None)
            log.warning("a code could not be sent", kind=type(error).__name__, answer=answer)
            metrics.mails.labels("failed").inc()
            async with self._store.write() as session:
                await identity_codes.try_later(session, challenge)
            return
        metrics.mails.labels("sent").inc()
        async with self._store.write() as session:
            await identity_codes.mark_sent(session, challenge)


def smtp_of(settings: Settings) -> Send | None:
    """How to send by the mail server of the settings; a password only travels encrypted, or within this machine."""
    url = settings.smtp_url.get_secret_value()
    if not url:
        return None
    parts = urlsplit(url)
    host, encrypted = parts.hostname or "", parts.scheme == "smtps"
    must_encrypt = parts.username is not None and host not in LOOPBACK and not encrypted

    async def send(mail: EmailMessage) -> None:
        await aiosmtplib.send(
            mail,
            hostname=host,
            port=parts.port or (465 if encrypted else 587),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=encrypted,
            start_tls=True if must_encrypt else None,  # None: where the server offers it
            timeout=SEND_SECONDS / 2,
        )

    return send
