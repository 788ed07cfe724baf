"""Where an order is, by its number and the e-mail or phone it was placed with."""

from __future__ import annotations

from typing import Any

from rasa_sdk.interfaces import Tracker
from sqlalchemy.ext.asyncio import AsyncSession

from actions.base import BarevAction, FormCheck
from actions.turn import PERSON, Turn, choice, day
from barev import clock
from crm_store import feedback, identity, orders
from crm_store.errors import TooManyTries
from crm_store.models import Conversation, Order

ANOTHER = choice("utter_button_another_order", "correct_that")
TRY_AGAIN = choice("utter_button_try_again", "ask_order_status")
LISTED = 5
QUESTIONS = frozenset({"ask_order_status", "ask_delivery_time"})


class OrderForm(FormCheck):
    """Asks for number and contact; not for what this conversation may see already. A confirmed customer who names no
    order means the likeliest one."""

    called = "validate_order_form"
    slots = ("order_number", "contact")

    async def needed(self, session: AsyncSession, conversation: Conversation, tracker: Tracker) -> list[str]:
        seen = {order.number for order in await orders.shown(session, conversation)}
        number = tracker.get_slot("order_number")
        if number:
            return ["order_number"] if orders.normal_number(number) in seen else list(self.slots)
        asks = (tracker.latest_message.get("intent") or {}).get("name") in QUESTIONS
        known = len(seen) == 1 or (seen and await identity.confirmed_customer(session, conversation))
        return [] if asks and known and not tracker.active_loop_name else list(self.slots)


class OrderStatus(BarevAction):
    """Says where the order is; an unknown number and a wrong contact get the same words."""

    called = "action_order_status"
    clears = ("order_number", "contact")

    async def act(self, turn: Turn) -> None:
        number, contact = turn.slot("order_number"), turn.slot("contact")
        shown = await orders.shown(turn.session, turn.conversation, use=True)
        seen = {order.number: order for order in shown}
        order = seen.get(orders.normal_number(number)) if number else orders.likeliest(list(seen.values()))
        if order is None and number and contact:
            try:
                asked = {"number": number, "contact": contact, "source": turn.source, "seq": turn.seq}
                order = await orders.match(turn.session, turn.conversation, **asked)
            except TooManyTries:
                turn.say("utter_too_many_tries", choices=[PERSON])
                return
        if order is None:
            turn.say("utter_order_not_found", choices=[TRY_AGAIN, PERSON])
            return
        rated = await feedback.rating_of(turn.session, order)
        _tell(turn, order, may_be_rated=order.status == "delivered" and rated is None)
        turn.offer_again("wanted")


class CorrectOrder(BarevAction):
    """The shopper means another order: forgets the number, unless the same message names the right one."""

    called = "action_correct_order"

    async def act(self, turn: Turn) -> None:
        turn.say("utter_correct_order")
        number = turn.entity("order_number")
        turn.remember("order_number", number)
        if number is None:
            turn.remember("contact", turn.entity("email") or turn.entity("phone"))


class StopOrder(BarevAction):
    """The shopper changed their mind: what they gave so far is forgotten, so that nothing resumes by itself. What was
    set aside for it is offered again."""

    called = "action_stop_order"
    clears = ("order_number", "contact", "wanted")

    async def act(self, turn: Turn) -> None:
        turn.say("utter_form_stopped")
        turn.offer_again("set_aside")


class ExplainSlot(BarevAction):
    """Nothing usable came as an answer to the form's question: says what is looked for and where it stands."""

    called = "action_explain_slot"

    async def act(self, turn: Turn) -> None:
        asked = turn.slot("requested_slot")
        if turn.tracker.active_loop_name == "confirm_form":
            turn.say("utter_explain_email")
        else:
            turn.say("utter_explain_contact" if asked == "contact" else "utter_explain_order_number")


class ListOrders(BarevAction):
    """The customer's latest orders, newest first; each has a button that tells more."""

    called = "action_list_orders"
    level = 2

    async def act(self, turn: Turn) -> None:
        newest = await orders.of_customer(turn.session, turn.who, limit=LISTED)
        if not newest:
            turn.say("utter_orders_list_none", choices=[PERSON])
            return
        buttons = [
            choice(
                "utter_button_order", "ask_order_status", {"order_number": order.number}, number=order.number
            )
            for order in newest
        ]
        turn.say("utter_orders_list", choices=buttons, rows={"lines": [_row(order) for order in newest]})


def _row(order: Order) -> dict[str, Any]:
    """An order on one line."""
    status = {"word": f"order_status_{order.status}"}
    return {
        "word": "order_row",
        "values": {"number": order.number, "status": status, "placed_at": day(order.placed_at)},
    }


def _rate(number: str) -> dict[str, Any]:
    return choice("utter_button_rate_order", "give_feedback", {"order_number": number})


def _tell(turn: Turn, order: Order, *, may_be_rated: bool) -> None:
    """Status and dates: what level 1 may see, and nothing else of the order."""
    response = "utter_order_status"
    if order.status == "delivered":
        response = "utter_order_status_delivered"
    elif order.promised_at and order.status not in orders.FINAL:
        response = (
            "utter_order_status_late" if order.promised_at < clock.now() else "utter_order_status_promised"
        )
    values: dict[str, Any] = {
        "number": order.number,
        "status": {"word": f"order_status_{order.status}"},
        "placed_at": day(order.placed_at),
    }
    if order.promised_at:
        values["promised"] = day(order.promised_at)
    if order.delivered_at:
        values["delivered"] = day(order.delivered_at)
    card = {
        "kind": "order",
        "number": order.number,
        "status": order.status,
        "status_text": values["status"],
        "placed_text": values["placed_at"],
    }
    choices = [_rate(order.number), ANOTHER] if may_be_rated else [ANOTHER]
    card |= {f"{key}_text": values[key] for key in ("promised", "delivered") if key in values}
    turn.say(response, card=card, choices=choices, **values)
