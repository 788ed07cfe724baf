"""One-time codes: bound to their conversation, single use, ten minutes, five tries; nobody learns who is a customer."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm_store import identity, identity_codes
from crm_store.models import Assurance, CodeChallenge, Conversation, Customer
from tests.crm_store import people
from tests.crm_store.codes import WANTED, ask, confirm, level, talk_of, wrong


@pytest.fixture
async def ani(store, noise):
    async with store.write() as session:
        await people.nino(session)
        return await people.ani(session)


@pytest.fixture
async def talk(store, ani) -> Conversation:
    return await talk_of(store, "ani")


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


@pytest.fixture
async def phone(store, ani) -> Conversation:
    """Another chat of Ani's, in which she has shown before who she is."""
    other = await talk_of(store, "her phone")
    async with store.write() as session:
        row = await session.get_one(Conversation, other.id)
        await identity.link(session, row, await session.get_one(Customer, ani.id))
    return other


async def expects(store, talk) -> bool:
    async with store.read() as session:
        return await identity_codes.is_expecting(session, talk)


async def test_a_code_typed_in_another_chat_of_the_customer_is_known_and_opens_nothing(store, talk, phone):
    code = await ask(store, talk)
    assert await expects(store, phone)
    judged = await confirm(store, phone, code)
    assert (judged.verdict, judged.is_the_code) == ("elsewhere", True)
    assert await level(store, phone) == 0
    assert (await confirm(store, talk, code)).verdict == "right"
    judged = await confirm(store, phone, code)
    assert (judged.verdict, judged.is_the_code) == ("expired", True)


async def test_guesses_in_another_chat_of_the_customer_count_against_the_code(store, talk, phone):
    code = await ask(store, talk)
    assert [(await confirm(store, phone, wrong(code))).verdict for _ in range(5)] == ["no_code"] * 5
    assert (await confirm(store, talk, code)).verdict == "too_many"


async def test_a_code_of_its_own_comes_before_one_of_another_chat(store, talk, phone):
    elsewhere, own = await ask(store, talk), await ask(store, phone)
    assert (await confirm(store, phone, elsewhere)).verdict == "elsewhere"
    assert (await confirm(store, phone, own)).verdict == "right"


async def test_who_is_not_linked_learns_nothing_of_a_code(store, talk):
    code = await ask(store, talk)
    stranger = await talk_of(store, "somebody")
    assert not await expects(store, stranger)
    assert (await confirm(store, stranger, code)).verdict == "no_code"
    async with store.read() as session:
        assert await session.scalar(select(CodeChallenge.tries)) == 0
