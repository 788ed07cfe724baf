"""Where an order is, by its number and the e-mail or phone it was placed with."""

from __future__ import annotations

from typing import Any

from rasa_sdk.interfaces import Tracker
from sqlalchemy.ext.asyncio import AsyncSession

from actions.base import BarevAction, FormCheck
from actions.turn import PERSON, Turn, choice
from barev import clock
from crm_store import orders
from crm_store.errors import TooManyTries
from crm_store.models import Conversation, Order

ANOTHER = choice("utter_button_another_order", "correct_that")
TRY_AGAIN = choice("utter_button_try_again", "ask_order_status")
QUESTIONS = frozenset({"ask_order_status", "ask_delivery_time"})


class OrderForm(FormCheck):
    """Asks for number and contact; not for what this conversation has shown before in the same episode."""

    called = "validate_order_form"
    slots = ("order_number", "contact")

    async def needed(self, session: AsyncSession, conversation: Conversation, tracker: Tracker) -> list[str]:
        seen = {order.number for order in await orders.shown(session, conversation)}
        number = tracker.get_slot("order_number")
        if number:
            return ["order_number"] if orders.normal_number(number) in seen else list(self.slots)
        asks = (tracker.latest_message.get("intent") or {}).get("name") in QUESTIONS
        return [] if asks and len(seen) == 1 and not tracker.active_loop_name else list(self.slots)


class OrderStatus(BarevAction):
    """Says where the order is; an unknown number and a wrong contact get the same words."""

    called = "action_order_status"
    clears = ("order_number", "contact")

    async def act(self, turn: Turn) -> None:
        number, contact = turn.slot("order_number"), turn.slot("contact")
        seen = {order.number: order for order in await orders.shown(turn.session, turn.conversation)}
        order = seen.get(orders.normal_number(number)) if number else next(iter(seen.values()), None)
        if order is None and number and contact:
            try:
                order = await orders.match(
                    turn.session, turn.conversation, number=number, contact=contact, source=turn.source
                )
            except TooManyTries:
                turn.say("utter_too_many_tries", choices=[PERSON])
                return
        if order is None:
            turn.say("utter_order_not_found", choices=[TRY_AGAIN, PERSON])
            return
        _tell(turn, order)


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
    """The shopper changed their mind: what they gave so far is forgotten, so that nothing resumes by itself."""

    called = "action_stop_order"
    clears = ("order_number", "contact")

    async def act(self, turn: Turn) -> None:
        turn.say("utter_form_stopped")


class ExplainSlot(BarevAction):
    """Nothing usable came as an answer to the form's question: says what is looked for and where it stands."""

    called = "action_explain_slot"

    async def act(self, turn: Turn) -> None:
        asked = turn.slot("requested_slot")
        turn.say("utter_explain_contact" if asked == "contact" else "utter_explain_order_number")


class ListOrders(BarevAction):
    """All orders need a confirmed shopper; until one can be, the next best is offered."""

    called = "action_list_orders"

    async def act(self, turn: Turn) -> None:
        turn.say(
            "utter_need_confirmation",
            choices=[choice("utter_button_order_status", "ask_order_status"), PERSON],
        )


def _tell(turn: Turn, order: Order) -> None:
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
        "placed_at": {"day": order.placed_at.isoformat()},
    }
    if order.promised_at:
        values["promised"] = {"day": order.promised_at.isoformat()}
    if order.delivered_at:
        values["delivered"] = {"day": order.delivered_at.isoformat()}
    card = {
        "kind": "order",
        "number": order.number,
        "status": order.status,
        "status_text": values["status"],
        "placed_text": values["placed_at"],
    }
    card |= {f"{key}_text": values[key] for key in ("promised", "delivered") if key in values}
    turn.say(response, card=card, choices=[ANOTHER], **values)
