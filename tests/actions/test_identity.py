"""Asking for a code: the same words for a known and an unknown address, and only e-mail will do."""

import json

import pytest
from sqlalchemy import select

from crm_store import conversations, identity
from crm_store.models import CodeChallenge, Conversation, Shop
from tests.crm_store import people


@pytest.fixture
async def demo(store):
    async with store.write() as session:
        await people.shop(session)
        (await session.get_one(Shop, 1)).is_demo = True
        await people.ani(session)


def slots(contact="ani@example.com", wanted="ask_points_balance"):
    return {"contact": contact, "wanted": wanted}


async def test_the_words_are_the_same_whether_the_address_is_known(rasa, demo, store):
    answers = []
    for contact in ("ani@example.com", "nob@example.com"):
        _, result = await rasa.run("action_send_code", slots=slots(contact))
        answers.append(json.dumps(result).replace(contact, "…"))
        assert result["responses"][0]["response"] == "utter_code_sent"
        assert {e["name"]: e["value"] for e in result["events"]} == {"contact": None, "wanted": None}
    assert answers[0] == answers[1]
    async with store.read() as session:
        known, unknown = (await session.scalars(select(CodeChallenge).order_by(CodeChallenge.id))).all()
    assert known.contact_id is not None and unknown.contact_id is None
    assert known.wanted == unknown.wanted == {"intent": "ask_points_balance", "entities": {}}


async def test_the_fourth_code_of_an_hour_is_refused_with_a_person(rasa, demo):
    said = [await rasa.said("action_send_code", slots=slots()) for _ in range(4)]
    assert said == [["utter_code_sent"]] * 3 + [["utter_code_too_often"]]


async def test_the_same_message_again_asks_for_no_second_code(rasa, demo, store):
    for _ in range(2):
        await rasa.said("action_send_code", slots=slots(), message_id="5")
    async with store.read() as session:
        assert len((await session.scalars(select(CodeChallenge))).all()) == 1


async def test_without_a_way_to_send_codes_a_person_is_offered(rasa, store):
    assert await rasa.said("action_send_code", slots=slots()) == ["utter_code_cannot_be_sent"]
    async with store.read() as session:
        assert (await session.scalars(select(CodeChallenge))).all() == []


@pytest.mark.parametrize(("contact", "kept"), [("ani@example.com", True), ("+37491100200", False)])
async def test_only_an_e_mail_address_is_an_answer(rasa, demo, contact, kept):
    events = [{"event": "slot", "name": "contact", "value": contact, "timestamp": 1.0}]
    _, result = await rasa.run(
        "validate_confirm_form", slots={"contact": contact}, active_loop="confirm_form", events=events
    )
    assert {event["name"]: event["value"] for event in result["events"]}["contact"] == (
        contact if kept else None
    )
    assert [r["response"] for r in result["responses"]] == ([] if kept else ["utter_explain_email"])


async def test_where_nothing_was_given_nothing_is_explained(rasa, demo):
    """The order's form was left in the same turn, and its contact with it."""
    events = [{"event": "slot", "name": "contact", "value": None, "timestamp": 1.0}]
    _, result = await rasa.run("validate_confirm_form", active_loop="confirm_form", events=events)
    assert result["responses"] == []


async def test_what_is_no_address_is_explained(rasa):
    slots = {"requested_slot": "contact"}
    assert await rasa.said("action_explain_slot", slots=slots, active_loop="confirm_form") == [
        "utter_explain_email"
    ]
    assert await rasa.said("action_explain_slot", slots=slots, active_loop="order_form") == [
        "utter_explain_contact"
    ]


@pytest.fixture
async def on_telegram(rasa, store):
    """Ani writes on Telegram."""
    async with store.write() as session:
        rasa.conversation = await conversations.start(
            session, channel="telegram", address="1001", language="hy"
        )
        await conversations.accept(session, rasa.conversation, text="բարև", external_id="1")
    return rasa


async def ask(rasa):
    _, result = await rasa.run(
        "action_ask_confirm_form_contact", slots={"wanted": "list_orders"}, active_loop="confirm_form"
    )
    (said,) = result["responses"]
    return said["response"], said.get("choices")


async def test_on_telegram_the_phone_number_will_do_instead_of_an_address(on_telegram, demo):
    name, (choice,) = await ask(on_telegram)
    assert name == "utter_share_phone_or_email"
    assert (choice["asks"], choice["intent"]) == ("contact", "list_orders")


async def test_on_the_website_only_an_address_is_asked_for(rasa, demo):
    assert await ask(rasa) == ("utter_ask_confirm_form_contact", None)


async def test_without_codes_the_phone_number_is_the_only_way_on_telegram(on_telegram, store):
    _, result = await on_telegram.run("action_points_balance", intent="ask_points_balance")
    (said,) = result["responses"]
    assert (said["response"], said["choices"][0]["asks"]) == ("utter_share_phone", "contact")
    assert said["choices"][0]["intent"] == "ask_points_balance" and result["events"] == []
    _, inside = await on_telegram.run(
        "action_points_balance", intent="ask_points_balance", active_loop="order_form"
    )
    assert [event["name"] for event in inside["events"] if event["event"] == "active_loop"] == [None]


async def test_who_was_confirmed_meanwhile_is_answered_and_the_form_ends(on_telegram, demo, store):
    async with store.write() as session:
        john = await people.john(session)
        row = await session.get_one(Conversation, on_telegram.conversation.id)
        await identity.grant_customer(session, row, customer_id=john.id, method="telegram_contact")
    _, result = await on_telegram.run(
        "action_list_orders", intent="list_orders", slots=slots(None), active_loop="confirm_form"
    )
    assert [said["response"] for said in result["responses"]] == ["utter_orders_list_none"]
    loops = [event["name"] for event in result["events"] if event["event"] == "active_loop"]
    forgotten = {event["name"]: event["value"] for event in result["events"] if event["event"] == "slot"}
    assert loops == [None] and forgotten == {"requested_slot": None, "wanted": None}
