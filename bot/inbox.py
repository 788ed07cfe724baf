"""Take a message in for good: masked, committed, and only then "received"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from barev.language import LANGUAGES, detect
from barev.masking import mask_cards
from bot.messages import Incoming
from bot.sign_in import codes, contacts
from crm_store import conversations, conversations_buttons, identity
from crm_store.db import Store
from crm_store.errors import NotFound
from crm_store.models import Conversation, Message

LONGEST = 2000
"""Characters of a message that a channel may take."""


async def accept(
    store: Store,
    conversation: Conversation,
    incoming: Incoming,
    *,
    secret: str,
    allowed: Callable[[AsyncSession], Awaitable[object]] | None = None,
) -> tuple[Message, bool]:
    """Write what came as the next message of its conversation, in one commit; the same external id again is a no-op.

    A one-time code (`secret` makes them) and a shared contact are judged in the same commit; the code is never written.
    Returns the message and whether it is new. Raises NotFound for a button that was not offered in this conversation or
    has expired. `allowed` is asked while the conversation is held, and raises where its sender may not speak any more.
    """
    async with store.write() as session:
        conversation = await conversations.locked(session, conversation)
        if allowed:
            await allowed(session)
        return await take(session, conversation, incoming, secret=secret)


async def take(
    session: AsyncSession, conversation: Conversation, incoming: Incoming, *, secret: str
) -> tuple[Message, bool]:
    """The same inside a transaction that does more."""
    if incoming.button is None:
        text = mask_cards(incoming.text or "")
        language = None if incoming.told else detect(text, conversation.language)
        found = await codes.find(session, conversation, "" if incoming.told else text)
        message, new = await conversations.accept(
            session,
            conversation,
            text=found.masked or text,
            external_id=incoming.external_id,
            kind=incoming.kind,
            language=language if language in LANGUAGES else None,
            pressed=incoming.told,
            source=incoming.source,
        )
        if new:
            message.values = incoming.values
            if found.digits:
                await codes.judge(session, conversation, message, found, secret=secret)
            if incoming.kind == "contact":
                await contacts.judge(session, conversation, message)
        return message, new
    button = await conversations_buttons.button_of(session, conversation, incoming.button)
    if button is None:
        raise NotFound("button")
    allowed = await identity.level(session, conversation) >= button.level
    pressed = {"intent": button.intent, "entities": button.entities if allowed else {}}
    return await conversations.accept(
        session,
        conversation,
        text=button.title,
        external_id=incoming.external_id,
        kind="button",
        pressed=pressed,
        source=incoming.source,
    )
