"""One-time codes: bound to their conversation, single use, ten minutes, five tries; nobody learns who is a customer."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from barev import clock
from crm_store import conversations, identity, identity_codes, orders
from crm_store.errors import TooManyTries
from crm_store.models import Assurance, CodeChallenge, Conversation
from tests.crm_store import people

SECRET = "s" * 40
WANTED = {"intent": "ask_points_balance", "entities": {}}


@pytest.fixture
async def ani(store, noise):
    async with store.write() as session:
        await people.nino(session)
        return await people.ani(session)


async def talk_of(store, address) -> Conversation:
    async with store.write() as session:
        talk = await conversations.start(session, channel="website", address=address, language="hy")
        await conversations.accept(session, talk, text="?", external_id="1")
    return talk


@pytest.fixture
async def talk(store, ani) -> Conversation:
    return await talk_of(store, "ani")


async def ask(store, talk, contact="ani@example.com") -> str:
    """Ask for a code; the right digits."""
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        challenge = await identity_codes.ask_code(session, row, contact=contact, wanted=WANTED)
    return identity_codes.code_of(challenge, SECRET)


async def confirm(store, talk, digits) -> identity_codes.Judged:
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        return await identity_codes.confirm(session, row, digits=digits, secret=SECRET)


async def level(store, talk) -> int:
    async with store.read() as session:
        return await identity.level(session, await session.get_one(Conversation, talk.id))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_the_right_code_confirms_the_customer_and_gives_back_what_was_wanted(store, talk, ani):
    judged = await confirm(store, talk, await ask(store, talk, " ANI@example.com"))
    assert (judged.verdict, judged.wanted) == ("right", WANTED)
    async with store.read() as session:
        row = await session.get_one(Conversation, talk.id)
        assert await identity.level(session, row) == 2
        confirmed = await identity.confirmed_customer(session, row)
    assert confirmed is not None and confirmed.id == ani.id


async def test_a_code_works_once(store, talk):
    code = await ask(store, talk)
    assert [(await confirm(store, talk, code)).verdict for _ in range(2)] == ["right", "expired"]
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(Assurance)) == 1


async def test_sixty_four_right_answers_at_once_succeed_exactly_once(store, talk):
    code = await ask(store, talk)
    verdicts = [
        judged.verdict for judged in await asyncio.gather(*(confirm(store, talk, code) for _ in range(64)))
    ]
    assert sorted(verdicts) == ["expired"] * 63 + ["right"]
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(Assurance)) == 1


async def test_a_right_code_of_another_conversation_is_wrong(store, talk):
    code = await ask(store, talk)
    without, other = await talk_of(store, "nobody"), await talk_of(store, "thief")
    assert (await confirm(store, without, code)).verdict == "no_code"
    assert await ask(store, other) != code
    assert (await confirm(store, other, code)).verdict == "wrong"
    assert [await level(store, it) for it in (without, other)] == [0, 0]
    assert (await confirm(store, talk, code)).verdict == "right"


@pytest.mark.parametrize(
    ("late", "verdict"),
    [(timedelta(minutes=9, seconds=50), "right"), (timedelta(minutes=10, seconds=1), "expired")],
)
async def test_a_code_is_good_for_ten_minutes(store, talk, move_clock, late, verdict):
    code = await ask(store, talk)
    move_clock(late)
    assert (await confirm(store, talk, code)).verdict == verdict
    assert await level(store, talk) == (2 if verdict == "right" else 0)


async def test_five_tries_and_then_even_the_right_code_is_refused(store, talk):
    code = await ask(store, talk)
    answers = [await confirm(store, talk, wrong(code)) for _ in range(5)]
    assert [(a.verdict, a.tries_left) for a in answers] == [
        ("wrong", 4), ("wrong", 3), ("wrong", 2), ("wrong", 1), ("too_many", 0),
    ]  # fmt: skip
    assert (await confirm(store, talk, code)).verdict == "too_many"
    assert await level(store, talk) == 0


async def test_thirty_two_guesses_at_once_get_five_tries(store, talk):
    code = await ask(store, talk)
    guesses = [wrong(code)] * 31 + [code]
    verdicts = [
        judged.verdict for judged in await asyncio.gather(*(confirm(store, talk, g) for g in guesses))
    ]
    assert verdicts.count("wrong") + verdicts.count("right") <= 5


async def test_only_the_newest_code_counts(store, talk):
    first = await ask(store, talk)
    second = await ask(store, talk)
    assert first != second
    assert (await confirm(store, talk, first)).verdict == "wrong"
    assert (await confirm(store, talk, second)).verdict == "right"


async def test_digits_after_the_end_are_known_only_if_they_are_the_code(store, talk, move_clock):
    code = await ask(store, talk)
    move_clock(timedelta(minutes=30))
    assert (await confirm(store, talk, wrong(code))).verdict == "no_code"
    assert (await confirm(store, talk, code)).verdict == "expired"


async def test_an_address_that_nobody_has_is_treated_alike_and_confirms_nothing(store, talk):
    code = await ask(store, talk, "nobody@example.com")
    judged = await confirm(store, talk, code)
    assert (judged.verdict, judged.tries_left) == ("wrong", 4)
    assert await level(store, talk) == 0


@pytest.fixture
async def brother(store, ani):
    """He shares Ani's address, and was a customer later."""
    async with store.write() as session:
        return await people.person(
            session, "Aram", language="hy", email="ani@example.com", phone="+37400000004"
        )


async def match(store, talk, order):
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        assert await orders.match(
            session, row, number=order.number, contact="ani@example.com", source=talk.public_id
        )


async def confirmed(store, talk) -> int | None:
    async with store.read() as session:
        row = await session.get_one(Conversation, talk.id)
        customer = await identity.confirmed_customer(session, row)
        return customer.id if customer else None


async def test_of_several_customers_with_one_address_nobody_is_guessed(store, talk, brother):
    code = await ask(store, talk)
    async with store.read() as session:
        challenge = (await session.scalars(select(CodeChallenge))).one()
    assert challenge.ambiguous and challenge.contact_id is not None  # the address is told what to do
    judged = await confirm(store, talk, code)
    assert (judged.verdict, judged.is_the_code, judged.tries_left) == ("wrong", False, 4)
    assert await confirmed(store, talk) is None


@pytest.mark.parametrize("whose", ["ani", "brother"])
async def test_the_one_is_meant_whose_order_was_matched_here(store, talk, ani, brother, whose):
    me, other = (ani, brother) if whose == "ani" else (brother, ani)
    async with store.write() as session:
        theirs, mine = [await people.order(session, customer) for customer in (other, me)]
    await match(store, await talk_of(store, "elsewhere"), theirs)
    await match(store, talk, mine)
    assert (await confirm(store, talk, await ask(store, talk))).verdict == "right"
    assert await confirmed(store, talk) == me.id


async def test_an_order_of_somebody_else_does_not_tell_whose_address_it_is(store, talk, ani, brother):
    async with store.write() as session:
        nino = await people.person(
            session, "Nino", language="ka", email="nino@example.com", phone="+37400000005"
        )
        order = await people.order(session, nino)
        row = await session.get_one(Conversation, talk.id)
        await identity.grant_order(session, row, customer_id=nino.id, order_id=order.id)
    assert (await confirm(store, talk, await ask(store, talk))).verdict == "wrong"


async def test_known_unknown_and_shared_addresses_cost_the_same_statements(store, ani):
    async with store.write() as session:
        for phone in ("+37400000004", "+37400000005"):
            await people.person(session, "Aram", language="hy", email="aram@example.com", phone=phone)
    asked = []
    event.listen(
        store.writer.sync_engine, "before_cursor_execute", lambda *call: asked.append(call[2].split(" ")[0])
    )
    costs = []
    for contact in ("ani@example.com", "nobody@example.com", "aram@example.com"):
        talk = await talk_of(store, contact)
        asked.clear()
        await ask(store, talk, contact)
        costs.append(list(asked))
    assert costs[0] and costs[0] == costs[1] == costs[2]


@pytest.mark.parametrize("contact", ["ani@example.com", "nobody@example.com"])
async def test_three_codes_an_hour_for_one_address_from_wherever(store, ani, contact):
    talks = [await talk_of(store, f"v{n}") for n in range(4)]
    for talk in talks[:3]:
        await ask(store, talk, contact)
    with pytest.raises(TooManyTries):
        await ask(store, talks[3], contact)
    await ask(store, talks[3], "nino@example.com")


async def test_three_codes_an_hour_and_ten_a_day_for_one_conversation(store, talk, move_clock):
    midnight = clock.now().replace(hour=0, minute=0, second=1) + timedelta(days=1)
    until_midnight = midnight - clock.now()
    got = []
    for hour in range(6):
        move_clock(until_midnight + timedelta(hours=hour))
        answers = [await asked_or_refused(store, talk, f"v{hour}{n}@example.com") for n in range(4)]
        got.append(answers.count("asked"))
    assert got == [3, 3, 3, 1, 0, 0]


async def asked_or_refused(store, talk, contact) -> str:
    """As an action does it: a refusal is committed too."""
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        try:
            await identity_codes.ask_code(session, row, contact=contact, wanted=None)
        except TooManyTries:
            return "refused"
    return "asked"


async def test_four_askings_at_once_get_three_codes(store, talk):
    answers = await asyncio.gather(*(ask(store, talk) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(answer, str) for answer in answers) == 3


async def test_level_2_ends_after_30_idle_minutes_or_12_hours(store, talk, move_clock):
    await confirm(store, talk, await ask(store, talk))
    for minutes in (25, 50, 75):  # used in time
        move_clock(timedelta(minutes=minutes))
        async with store.write() as session:
            row = await session.get_one(Conversation, talk.id)
            assert await identity.confirmed_customer(session, row, use=True)
    move_clock(timedelta(minutes=75 + 31))
    assert await level(store, talk) == 0


async def test_level_2_ends_after_12_hours_however_busy(store, talk, move_clock):
    await confirm(store, talk, await ask(store, talk))
    minutes, levels = 0, []
    while minutes < 12 * 60 + 20:
        minutes += 20
        move_clock(timedelta(minutes=minutes))
        async with store.write() as session:
            row = await session.get_one(Conversation, talk.id)
            levels.append(await identity.confirmed_customer(session, row, use=True) is not None)
    assert levels == [True] * 35 + [False, False]


async def test_what_is_to_be_sent_is_taken_once_and_tried_again_later(store, talk, move_clock):
    await ask(store, talk, "nobody@example.com")
    await ask(store, talk)

    async def take():
        async with store.write() as session:
            return await identity_codes.take_to_send(session)

    ((challenge, address, language),) = await take()
    assert (address, language) == ("ani@example.com", "hy")
    assert await take() == []
    async with store.write() as session:
        await identity_codes.try_later(session, challenge)
    assert await take() == []
    move_clock(timedelta(seconds=3))
    async with store.read() as session:
        assert await identity_codes.waiting(session)
    ((again, _, _),) = await take()
    assert (again.id, again.send_tries) == (challenge.id, 2)
    async with store.write() as session:
        await identity_codes.mark_sent(session, again)
    move_clock(timedelta(minutes=9))
    assert await take() == []


async def test_what_is_over_is_not_sent_any_more(store, talk, move_clock):
    await ask(store, talk)
    move_clock(timedelta(minutes=10))
    async with store.write() as session:
        assert await identity_codes.take_to_send(session) == []


async def test_no_table_holds_the_code(store, talk):
    code = await ask(store, talk)
    await confirm(store, talk, wrong(code))
    async with store.read() as session:
        (row,) = (await session.scalars(select(CodeChallenge))).all()
    assert code not in repr(
        {column.name: getattr(row, column.key) for column in CodeChallenge.__table__.columns}
    )
