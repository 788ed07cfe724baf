"""Points in the conversation: only for who has shown to be the customer, in values that wording makes words of."""

from datetime import timedelta

import pytest

from barev import clock
from barev.settings import ROOT
from barev.wording import load_wording
from crm_store import identity, loyalty
from crm_store.models import Assurance, Conversation, Customer, Programme, Shop
from tests.crm_store import people

LEVEL_2 = {
    "action_points_balance": "ask_points_balance",
    "action_points_history": "ask_points_history",
    "action_points_expiry": "ask_points_expiry",
    "action_list_orders": "list_orders",
}


@pytest.fixture
async def ani(store) -> Customer:
    """Ani, whose shop has a programme; others have points too."""
    async with store.write() as session:
        await people.shop(session)
        await people.others(session)
        return await people.ani(session)


@pytest.fixture
async def confirmed(store, rasa, ani) -> Customer:
    async with store.write() as session:
        row = await session.get_one(Conversation, rasa.conversation.id)
        await identity.grant_customer(session, row, customer_id=ani.id, method="code")
    return ani


async def said(rasa, action, language="en"):
    """What an action says, in words."""
    _, result = await rasa.run(action, intent=LEVEL_2.get(action, "ask_how_to_earn"))
    (response,) = result["responses"]
    return response, load_wording(ROOT / "data/responses").text(response["response"], language, response)


@pytest.mark.parametrize(("action", "intent"), LEVEL_2.items())
async def test_below_level_2_who_is_writing_is_asked_first(rasa, store, ani, action, intent):
    async with store.write() as session:
        (await session.get_one(Shop, 1)).is_demo = True
        bought = await people.order(session, ani)
        row = await session.get_one(Conversation, rasa.conversation.id)
        await identity.grant_order(session, row, customer_id=ani.id, order_id=bought.id)
    _, result = await rasa.run(action, intent=intent)
    assert result["responses"] == []
    assert [(e["event"], e.get("name"), e.get("value")) for e in result["events"]] == [
        ("slot", "wanted", intent),
        ("followup", "confirm_form", None),
    ]


async def test_in_the_middle_of_an_order_the_order_is_left_in_words_and_offered_again(rasa, store, ani):
    async with store.write() as session:
        (await session.get_one(Shop, 1)).is_demo = True
    asked = {"intent": "ask_points_balance", "active_loop": "order_form"}
    given = {"order_number": "BR-104217", "contact": "ani@example.com"}
    _, result = await rasa.run("action_points_balance", slots=given, **asked)
    assert [r["response"] for r in result["responses"]] == ["utter_form_set_aside"]
    assert ("active_loop", None) in [(e["event"], e.get("name")) for e in result["events"]]
    slots = {e["name"]: e["value"] for e in result["events"] if e["event"] == "slot"}
    left = {"intent": "ask_order_status", "entities": {"order_number": "BR-104217"}}
    nothing = {"order_number": None, "contact": None, "requested_slot": None}
    assert slots == {**nothing, "wanted": "ask_points_balance", "set_aside": left}
    assert result["events"][-1] == {"event": "followup", "name": "confirm_form", "timestamp": None}

    async with store.write() as session:
        row = await session.get_one(Conversation, rasa.conversation.id)
        await identity.grant_customer(session, row, customer_id=ani.id, method="code")
    _, result = await rasa.run(
        "action_points_balance", intent="ask_points_balance", slots={"set_aside": left}
    )
    (answer,) = result["responses"]
    offered = answer["choices"][-1]
    assert {"intent": offered["intent"], "entities": offered["entities"]} == left
    assert {e["name"]: e["value"] for e in result["events"]} == {"set_aside": None}


@pytest.mark.parametrize("action", LEVEL_2)
async def test_a_shop_that_cannot_send_codes_offers_a_person(rasa, ani, action):
    _, result = await rasa.run(action, intent=LEVEL_2[action])
    assert [r["response"] for r in result["responses"]] == ["utter_code_cannot_be_sent"]
    assert [c["intent"] for c in result["responses"][0]["choices"]] == ["ask_for_person"]
    assert result["events"] == []


@pytest.mark.parametrize("action", LEVEL_2)
async def test_after_30_idle_minutes_it_is_asked_again_but_use_renews(
    rasa, store, confirmed, move_clock, action
):
    for minutes in (20, 40, 60):
        move_clock(timedelta(minutes=minutes))
        _, result = await rasa.run(action, intent=LEVEL_2[action])
        assert result["responses"][0]["response"] != "utter_code_cannot_be_sent"
    move_clock(timedelta(minutes=91))
    _, result = await rasa.run(action, intent=LEVEL_2[action])
    assert result["responses"][0]["response"] == "utter_code_cannot_be_sent"


async def test_the_balance_says_what_can_be_spent_what_waits_and_what_ends_soon(rasa, store, confirmed):
    soon, later = clock.now() + timedelta(days=20), clock.now() + timedelta(days=90)
    async with store.write() as session:
        await loyalty.opening(session, confirmed, 100, expires_at=soon)
    async with store.write() as session:
        bought = await people.order(session, confirmed)
        await loyalty.earn_pending(session, confirmed, bought, points=55)
        await loyalty.opening(session, confirmed, 40, expires_at=later, idempotency_key="more")
    response, text = await said(rasa, "action_points_balance")
    assert text.splitlines()[0] == "You have 140 points to spend."
    assert "55 points more will be yours 14 days after the delivery" in text
    assert text.count("good until") == 1
    card = load_wording(ROOT / "data/responses").card(response["card"], "en")
    assert (card["kind"], card["available"], card["pending_text"]) == ("points", 140, "55 points")
    assert card["worth_text"] == "1,400\u00a0֏"
    assert [end["points_text"] for end in card["expiring"]] == ["100 points"]


async def test_no_points_yet_is_said_with_how_to_get_some(rasa, confirmed):
    response, text = await said(rasa, "action_points_balance")
    assert text == "You have 0 points to spend."
    assert [c["intent"] for c in response["choices"]] == ["ask_how_to_earn"]


@pytest.mark.parametrize("language", ["en", "hy", "ka"])
async def test_every_kind_of_row_has_words(rasa, store, confirmed, language):
    kinds = ["earn_order", "earn", "goodwill", "opening", "release", "redeem", "hold", "expire", "clawback"]
    wording = load_wording(ROOT / "data/responses")
    values = {"points": {"points": 5}, "number": "BR-104217", "date": {"date": "2026-11-02"}}
    for word in [*kinds, "added", "taken"]:
        text = wording.value({"word": f"points_{word}", "values": values}, language)
        assert "5" in text and "2" in text and "{" not in text


async def test_the_history_tells_the_latest_rows_newest_first(rasa, store, confirmed):
    async with store.write() as session:
        staff = await people.mariam(session)
        bought = await people.order(session, confirmed, delivered_days_ago=20)
        await loyalty.confirm(session, await loyalty.earn_pending(session, confirmed, bought, points=250))
        await loyalty.redeem(session, confirmed, 120, idempotency_key="r")
        await loyalty.adjust(session, confirmed, -30, reason="mistake", staff=staff, idempotency_key="a")
    _, text = await said(rasa, "action_points_history")
    lines = text.splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("− 30 points corrected by our team")
    assert lines[2].startswith("− 120 points spent")
    assert lines[3].startswith(f"+ 250 points earned for order {bought.number}")
    assert "mistake" not in text


async def test_the_history_of_nobody_is_empty(rasa, confirmed):
    assert await rasa.said("action_points_history", intent="ask_points_history") == [
        "utter_points_history_none"
    ]
    assert await rasa.said("action_points_expiry", intent="ask_points_expiry") == ["utter_points_expiry_none"]


async def test_what_ends_next_is_told_however_far_away(rasa, store, confirmed):
    async with store.write() as session:
        await loyalty.opening(session, confirmed, 70, expires_at=clock.now() + timedelta(days=300))
    _, text = await said(rasa, "action_points_expiry")
    assert "70 points: good until" in text


async def test_how_to_earn_is_the_programme_in_words_for_anybody(rasa, store, ani):
    _, text = await said(rasa, "action_how_to_earn")
    assert text == (
        "You get 1 point for every 100\u00a0֏ you spend. They can be used 14 days after the delivery; they are good "
        "for 365 days. A point is worth 10\u00a0֏, and you can pay with points from 100 points on."
    )
    async with store.write() as session:
        (await session.get_one(Programme, 1)).expiry_days = None
    assert "they never expire" in (await said(rasa, "action_how_to_earn"))[1]


async def test_a_shop_without_a_programme_says_so(rasa):
    assert await rasa.said("action_how_to_earn", intent="ask_how_to_earn") == ["utter_no_programme"]


async def test_my_orders_are_mine_newest_first_five_at_most(rasa, store, confirmed):
    async with store.write() as session:
        mine = [
            await people.order(session, confirmed, delivered_days_ago=days) for days in (2, 30, 9, 4, 5, 7)
        ]
    response, text = await said(rasa, "action_list_orders")
    expected = [mine[i].number for i in (0, 3, 4, 5, 2)]
    assert [line.split(":")[0] for line in text.splitlines()[1:]] == [
        f"Order {number}" for number in expected
    ]
    assert [c["entities"]["order_number"] for c in response["choices"]] == expected


async def test_a_confirmed_customer_is_not_asked_for_a_contact(rasa, store, confirmed):
    async with store.write() as session:
        old = await people.order(session, confirmed, delivered_days_ago=9)
        under_way = await people.order(session, confirmed)
        await people.order(session, confirmed, delivered_days_ago=1)
        foreign = await people.order(session, await people.nino(session))

    async def asked(slots):
        _, result = await rasa.run("validate_order_form", slots=slots)
        return next((e["value"] for e in result["events"] if e["name"] == "requested_slot"), "left to Rasa")

    assert await asked({}) is None
    assert await asked({"order_number": old.number}) is None
    assert await asked({"order_number": foreign.number}) == "left to Rasa"
    for slots, number in (({}, under_way.number), ({"order_number": old.number}, old.number)):
        _, result = await rasa.run("action_order_status", slots=slots)
        assert result["responses"][0]["number"] == number
    assert await rasa.said("action_order_status", slots={"order_number": foreign.number}) == [
        "utter_order_not_found"
    ]


@pytest.mark.parametrize(("action", "intent"), LEVEL_2.items())
async def test_every_button_of_an_answer_carries_the_level_that_the_answer_needs(
    rasa, store, confirmed, action, intent
):
    async with store.write() as session:
        await people.order(session, confirmed)
    left = {"intent": "ask_order_status", "entities": {"order_number": "BR-7"}}
    _, result = await rasa.run(action, intent=intent, slots={"set_aside": left})
    (response,) = result["responses"]
    *own, offered_again = response["choices"]
    assert own and {button["level"] for button in own} == {2}
    assert "level" not in offered_again  # the shopper's own words, from before


async def test_a_level_that_has_ended_opens_no_order(rasa, store, confirmed):
    async with store.write() as session:
        bought = await people.order(session, confirmed)
        for row in (await session.scalars(Assurance.__table__.select())).all():
            (await session.get_one(Assurance, row)).ended_at = clock.now()
    assert await rasa.said("action_order_status", slots={"order_number": bought.number}) == [
        "utter_order_not_found"
    ]
