"""One-time codes: asked for, sent by e-mail, typed into the conversation that asked (reliability C3).

In another conversation that is linked to the same customer (asked in the widget, typed on Telegram) a code opens
nothing, but it is known as one: a try is counted, and what is the code is written nowhere.

A code is computed from its challenge and the installation's secret whenever it is needed, and stored nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import customers, identity
from crm_store.db import patience
from crm_store.models import ChannelIdentity, CodeChallenge, Contact, Conversation, Customer

LIFE = timedelta(minutes=10)
TRIES = 5
REMEMBERED = timedelta(days=1)
"""So long a code that is over is still known as one, so that it is masked and the shopper is told."""
SENDING = timedelta(minutes=1)
"""So long a code that one gateway is sending is left alone by the others; longer than sending may take."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=1)

Verdict = Literal["right", "wrong", "expired", "too_many", "elsewhere", "no_code"]


@dataclass(frozen=True)
class Judged:
    """What six digits were. "no_code": nothing of ours. "elsewhere": right where it was asked for.

    `wanted`: what the shopper asked for before the code.
    """

    verdict: Verdict
    is_the_code: bool = False  #: also where it is over, and must still be written nowhere
    tries_left: int = 0
    wanted: dict[str, Any] | None = None


async def ask_code(
    session: AsyncSession, conversation: Conversation, *, contact: str, wanted: dict[str, Any] | None
) -> CodeChallenge:
    """A new code for this e-mail address, good for ten minutes in this conversation; the one before is over.

    An address that nobody has gets a challenge too, with the same work, and no mail. Of several customers with one
    address the one is meant whose order this conversation has matched; without one nobody is, and the mail holds no
    code. Raises TooManyTries after 3 codes an hour or 10 a day, per address and conversation.
    """
    address = customers.normal_email(contact)
    things = {"contact": address, "conversation": conversation.public_id}
    counted = {f"code_{what}_{per}": who for what, who in things.items() for per in ("hour", "day")}
    async with session.begin_nested():  # what is refused does not count
        await identity.count_guesses(session, counted)
    on_file = await _on_file(session, address)
    known = await _of_known(session, conversation, on_file)
    now = clock.now()
    challenge = CodeChallenge(
        conversation_id=conversation.id,
        contact_id=known.id if known else next((contact.id for contact in on_file), None),
        ambiguous=known is None and len(on_file) > 1,
        wanted=wanted,
        created_at=now,
        expires_at=now + LIFE,
    )
    session.add(challenge)
    await session.flush()
    return challenge


def code_of(challenge: CodeChallenge, secret: str) -> str:
    """The six digits of a challenge, from HMAC-SHA256."""
    digest = hmac.digest(secret.encode(), f"code:{challenge.public_id}".encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06}"


async def is_expecting(session: AsyncSession, conversation: Conversation) -> bool:
    """Whether six digits in this conversation may be a code: one was asked for, at most a day ago, here or for the
    customer that this conversation is linked to."""
    return await session.scalar(_typed_here(conversation).limit(1)) is not None


async def confirm(
    session: AsyncSession, conversation: Conversation, *, digits: str, secret: str, seq: int | None = None
) -> Judged:
    """Judge six digits as the newest code of this conversation; the right ones give it level 2, once, and link it.

    Held until the transaction ends, so that of many at once exactly one succeeds. Every try counts, also against an
    address that nobody has. Of a code that was used or is over only the very digits are known ("expired").
    """
    query = _typed_here(conversation).with_for_update().execution_options(populate_existing=True)
    async with patience(session):
        known = (await session.scalars(query)).all()
    here = [challenge for challenge in known if challenge.conversation_id == conversation.id]
    judged = Judged("no_code")
    if here:
        judged = await _judge(session, conversation, here[-1], digits=digits, secret=secret, seq=seq)
    for challenge in known:
        if not judged.is_the_code and challenge not in here:
            found = _judge_elsewhere(challenge, digits, secret)
            judged = found if found.is_the_code else judged
    return judged


async def _judge(
    session: AsyncSession,
    conversation: Conversation,
    challenge: CodeChallenge,
    *,
    digits: str,
    secret: str,
    seq: int | None,
) -> Judged:
    same = hmac.compare_digest(digits, code_of(challenge, secret))
    sent = challenge.contact_id is not None and not challenge.ambiguous
    right = same and sent  # what was sent to nobody is known to nobody
    now = clock.now()
    if challenge.used_at or challenge.expires_at <= now:
        return Judged("expired" if right else "no_code", right, wanted=challenge.wanted)
    if challenge.tries >= TRIES:
        return Judged("too_many", right, wanted=challenge.wanted)
    challenge.tries += 1
    if not right:
        left = TRIES - challenge.tries
        return Judged("wrong" if left else "too_many", tries_left=left, wanted=challenge.wanted)
    challenge.used_at = now
    contact = await session.get_one(Contact, challenge.contact_id)
    contact.confirmed_at = contact.confirmed_at or now
    whose = contact.customer_id
    await identity.grant_customer(session, conversation, customer_id=whose, method="code", seq=seq)
    await identity.link(session, conversation, await session.get_one(Customer, contact.customer_id))
    return Judged("right", right, wanted=challenge.wanted)


def _judge_elsewhere(challenge: CodeChallenge, digits: str, secret: str) -> Judged:
    """Digits typed in another conversation of the customer: a try all the same, else codes could be guessed there."""
    living = not challenge.used_at and challenge.expires_at > clock.now() and challenge.tries < TRIES
    if living:
        challenge.tries += 1
    if challenge.ambiguous or not hmac.compare_digest(digits, code_of(challenge, secret)):
        return Judged("no_code")
    return Judged("elsewhere" if living else "expired", True, wanted=challenge.wanted)


async def waiting(session: AsyncSession) -> bool:
    """Whether a code is to be sent now."""
    return await session.scalar(_to_send().limit(1)) is not None


async def take_to_send(session: AsyncSession, *, limit: int = 20) -> Sequence[tuple[CodeChallenge, str, str]]:
    """Codes to be sent now, each with the address and the conversation's language; for a minute they are ours alone."""
    taken = []
    rows = await session.scalars(_to_send().limit(limit).with_for_update(skip_locked=True))
    for challenge in rows.all():
        challenge.send_tries += 1
        challenge.send_after = clock.now() + SENDING
        contact = await session.get_one(Contact, challenge.contact_id)
        conversation = await session.get_one(Conversation, challenge.conversation_id)
        taken.append((challenge, contact.value, conversation.language))
    return taken


async def mark_sent(session: AsyncSession, challenge: CodeChallenge) -> None:
    """The mail server has taken it."""
    (await session.get_one(CodeChallenge, challenge.id)).sent_at = clock.now()


async def try_later(session: AsyncSession, challenge: CodeChallenge) -> None:
    """It could not be sent: again after a pause that doubles each time, as long as the code is good."""
    row = await session.get_one(CodeChallenge, challenge.id)
    row.send_after = clock.now() + min(FIRST_PAUSE * 2 ** (row.send_tries - 1), LONGEST_PAUSE)


def _to_send() -> Any:
    now = clock.now()
    return (
        select(CodeChallenge)
        .where(
            CodeChallenge.sent_at.is_(None),
            CodeChallenge.expires_at > now,
            CodeChallenge.contact_id.is_not(None),
            CodeChallenge.used_at.is_(None),
            or_(CodeChallenge.send_after.is_(None), CodeChallenge.send_after <= now),
        )
        .order_by(CodeChallenge.id)
    )


async def _on_file(session: AsyncSession, address: str) -> Sequence[Contact]:
    """The customers' contacts with this address, the first customer's first."""
    rows = select(Contact).where(Contact.kind == "email", Contact.value == address)
    return (await session.scalars(rows.order_by(Contact.customer_id))).all()


async def _of_known(
    session: AsyncSession, conversation: Conversation, on_file: Sequence[Contact]
) -> Contact | None:
    """The contact of the customer who was shown here last, by an order or a code."""
    held = await identity.assurances(session, conversation)
    theirs = {contact.customer_id: contact for contact in on_file}
    return next((theirs[row.customer_id] for row in reversed(held) if row.customer_id in theirs), None)


def _typed_here(conversation: Conversation) -> Select[CodeChallenge]:
    """The codes that may be typed in this conversation, the newest last: in one order for all who hold them."""
    linked = (
        select(Contact.id)
        .join(ChannelIdentity, ChannelIdentity.customer_id == Contact.customer_id)
        .where(ChannelIdentity.id == conversation.identity_id)
    )
    return (
        select(CodeChallenge)
        .where(
            or_(CodeChallenge.conversation_id == conversation.id, CodeChallenge.contact_id.in_(linked)),
            CodeChallenge.created_at > clock.now() - REMEMBERED,
        )
        .order_by(CodeChallenge.id)
    )
