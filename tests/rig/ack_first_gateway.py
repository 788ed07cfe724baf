"""A gateway that is wrong on purpose: it says "received" before the message is committed. A kill test must see it.

python -m tests.rig.ack_first_gateway
"""

from __future__ import annotations

from barev.cli.serve import serve
from bot import inbox
from bot.channels.website_visit import Visit
from bot.messages import Incoming
from crm_store.models import Conversation


async def acknowledge_first(self: Visit, incoming: Incoming) -> None:
    """What Visit._accept does, in the wrong order. The seq can only be guessed."""
    async with self.screen.showing:
        async with self.store.read() as session:
            row = await session.get_one(Conversation, self.conversation.id)
        await self.screen.send({"type": "ack", "id": incoming.external_id, "seq": row.last_seq + 1})
        await inbox.accept(self.store, self.conversation, incoming, secret=self.secret)
    self.accepted(self.conversation.id)


def main() -> None:
    Visit._accept = acknowledge_first  # type: ignore[method-assign]
    serve()


if __name__ == "__main__":
    main()
