"""A real mail server in the test's own loop, that takes everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP


class Postbox:
    """What was taken, oldest first; `refuse`: what is said to the next e-mails instead."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuse:
            return self.refuse.pop(0)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    async def next_to(self, address: str, *, seconds: float = 20.0) -> EmailMessage:
        """The newest e-mail to this address, as soon as there is one. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                for mail in reversed(self.mails):
                    if mail["To"] == address:
                        return mail
                await asyncio.sleep(0.1)


@asynccontextmanager
async def mail_server(port: int = 0, **how: Any) -> AsyncIterator[tuple[Postbox, int]]:
    """Listens on loopback until the block ends; its postbox and its port. `how`: see aiosmtpd.smtp.SMTP."""
    box = Postbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box, **how), "127.0.0.1", port)
    try:
        yield box, server.sockets[0].getsockname()[1]
    finally:
        server.close()
