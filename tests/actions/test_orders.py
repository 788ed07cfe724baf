"""Order status: for the right contact only, the same words for every wrong guess, counted."""

import json
from datetime import timedelta

import pytest

from barev import clock
from crm_store import conversations
from crm_store.models import Contact, Customer, Order

RIGHT = {"order_number": "BR-104217", "contact": "ani@example.am"}


@pytest.fixture
async def order(store) -> Order:
    """Ani's order is on its way; Nino has one too."""
    now = clock.now()
    async with store.write() as session:
        for name, number, email in (
            ("Nino", "BR-200200", "nino@example.ge"),
            ("Ani", "BR-104217", "ani@example.am"),
        ):
            customer = Customer(name=name, language="hy", created_at=now)
            session.add(customer)
            await session.flush()
            session.add(Contact(customer_id=customer.id, kind="email", value=email))
            session.add(Contact(customer_id=customer.id, kind="phone", value="+37491100200"))
            order = Order(
                number=number,
                customer_id=customer.id,
                status="in_transit",
                total=1299000,
                address="Abovyan 1",
                placed_at=now - timedelta(days=3),
                promised_at=now + timedelta(days=2),
            )
            session.add(order)
            await session.flush()
    return order


async def change(store, order, **values):
    async with store.write() as session:
        row = await session.get_one(Order, order.id)
        for name, value in values.items():
            setattr(row, name, value)


async def test_number_and_contact_show_status_and_dates_and_nothing_else(rasa, order):
    _, result = await rasa.run("action_order_status", slots=RIGHT)
    (response,) = result["responses"]
    assert response["response"] == "utter_order_status_promised"
    assert response["status"] == {"word": "order_status_in_transit"}
    told = json.dumps(result)
    assert not any(secret in told for secret in ("1299000", "Abovyan", "ani@example.am", "+374"))


@pytest.mark.parametrize("contact", ["091 100200", "+374 91 100-200", "ANI@example.am"])
async def test_a_contact_counts_in_any_of_its_writings(rasa, order, contact):
    assert await rasa.said("action_order_status", slots=RIGHT | {"contact": contact}) == [
        "utter_order_status_promised"
    ]


async def test_every_wrong_guess_gets_byte_identical_words(rasa, order):
    guesses = [
        {"order_number": "BR-999999", "contact": "ani@example.am"},
        {"order_number": "BR-104217", "contact": "nino@example.ge"},
        {"order_number": "BR-200200", "contact": "ani@example.am"},
        {"order_number": "BR-999999", "contact": "nobody@example.com"},
    ]
    answers = {json.dumps((await rasa.run("action_order_status", slots=guess))[1]) for guess in guesses}
    assert len(answers) == 1 and "utter_order_not_found" in answers.pop()


async def test_after_five_wrong_guesses_even_the_right_answer_waits(rasa, order):
    for number in range(5):
        assert await rasa.said(
            "action_order_status", slots=RIGHT | {"order_number": f"BR-30000{number}"}
        ) == ["utter_order_not_found"]
    assert await rasa.said("action_order_status", slots=RIGHT) == ["utter_too_many_tries"]


async def test_right_answers_are_never_counted(rasa, order):
    for _ in range(8):
        assert await rasa.said("action_order_status", slots=RIGHT) == ["utter_order_status_promised"]


async def test_guesses_from_one_address_are_counted_over_all_its_chats(rasa, order, store):
    async with store.write() as session:
        others = [
            await conversations.start(session, channel="website", address=f"v{n}", language="en")
            for n in range(21)
        ]
        for other in others:
            await conversations.accept(session, other, text="hi", external_id="1")
    answers = []
    for n, other in enumerate(others):
        guess = {"order_number": f"BR-4000{n:02}", "contact": f"v{n}@example.com"}
        answers += await rasa.said(
            "action_order_status", slots=guess, sender=f"{other.public_id}.1", source="one"
        )
    assert answers == ["utter_order_not_found"] * 20 + ["utter_too_many_tries"]


@pytest.mark.parametrize(
    ("status", "promised", "response"),
    [
        ("delivered", -9, "utter_order_status_delivered"),
        ("in_transit", -1, "utter_order_status_late"),
        ("in_transit", 1, "utter_order_status_promised"),
        ("processing", None, "utter_order_status"),
        ("cancelled", -1, "utter_order_status"),
        ("refunded", -1, "utter_order_status"),
    ],
)
async def test_a_late_order_is_said_to_be_late_and_a_finished_one_is_not(
    rasa, order, store, status, promised, response
):
    promised_at = None if promised is None else clock.now() + timedelta(days=promised)
    await change(store, order, status=status, promised_at=promised_at)
    assert await rasa.said("action_order_status", slots=RIGHT) == [response]


async def test_an_order_shown_once_is_shown_again_without_the_contact(rasa, order):
    await rasa.said("action_order_status", slots=RIGHT)
    assert await rasa.said("action_order_status", slots={"order_number": "BR-104217"}) == [
        "utter_order_status_promised"
    ]
    assert await rasa.said("action_order_status", slots={"order_number": "BR-200200"}) == [
        "utter_order_not_found"
    ]


async def test_what_was_shown_ends_with_its_episode(rasa, order, move_clock):
    await rasa.said("action_order_status", slots=RIGHT)
    move_clock(timedelta(hours=25))
    assert await rasa.said("action_order_status", slots={"order_number": "BR-104217"}) == [
        "utter_order_not_found"
    ]


async def test_the_slots_of_the_form_are_cleared_after_every_answer(rasa, order):
    for slots in (RIGHT, RIGHT | {"contact": "wrong@example.com"}):
        _, result = await rasa.run("action_order_status", slots=slots)
        assert {event["name"]: event["value"] for event in result["events"]} == {
            "order_number": None,
            "contact": None,
        }


@pytest.mark.parametrize("slots", [{}, {"order_number": "BR-104217"}, {"contact": "ani@example.am"}])
async def test_the_form_asks_for_number_and_contact_as_the_domain_says(rasa, order, slots):
    _, result = await rasa.run("validate_order_form", slots=slots, active_loop="order_form")
    assert _requested(result) == "left to Rasa"


async def test_the_form_does_not_ask_again_for_what_it_has_shown(rasa, order):
    await rasa.said("action_order_status", slots=RIGHT)
    _, result = await rasa.run(
        "validate_order_form", slots={"order_number": "BR-104217"}, active_loop="order_form"
    )
    assert _requested(result) is None


async def test_another_order_forgets_the_number_unless_it_is_named(rasa):
    _, result = await rasa.run("action_correct_order", intent="correct_that", slots=RIGHT)
    assert {e["name"]: e["value"] for e in result["events"]} == {"order_number": None, "contact": None}
    _, result = await rasa.run(
        "action_correct_order", intent="correct_that", entities={"order_number": "BR-200200"}
    )
    assert {e["name"]: e["value"] for e in result["events"]} == {"order_number": "BR-200200"}


async def test_a_shopper_who_changes_their_mind_leaves_nothing_behind(rasa):
    _, result = await rasa.run("action_stop_order", intent="deny", slots=RIGHT)
    assert [response["response"] for response in result["responses"]] == ["utter_form_stopped"]
    assert {e["name"]: e["value"] for e in result["events"]} == {
        "order_number": None,
        "contact": None,
        "wanted": None,
    }


async def test_what_was_left_for_an_order_or_a_code_is_offered_again(rasa, order):
    for action, slot, left in (
        ("action_order_status", "wanted", "ask_points_balance"),
        ("action_stop_order", "set_aside", {"intent": "ask_order_status", "entities": {}}),
    ):
        _, result = await rasa.run(action, slots={**RIGHT, slot: left})
        offered = result["responses"][-1]["choices"][-1]
        assert offered["intent"] == (left if isinstance(left, str) else left["intent"])
        assert {e["name"]: e["value"] for e in result["events"]}[slot] is None


async def test_all_orders_are_for_a_confirmed_shopper_only(rasa, order):
    await rasa.said("action_order_status", slots=RIGHT)
    assert await rasa.said("action_list_orders", intent="list_orders") == ["utter_code_cannot_be_sent"]


def _requested(result):
    return next((e["value"] for e in result["events"] if e.get("name") == "requested_slot"), "left to Rasa")
