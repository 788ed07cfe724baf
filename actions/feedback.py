"""Ratings, comments and complaints. No form: a question that need not be answered never asks again."""

from __future__ import annotations

from typing import Any

from actions.base import BarevAction
from actions.turn import PERSON, Turn, choice
from barev.rating import given, stars
from crm_store import conversations, feedback, feedback_help, handoffs, orders
from crm_store.errors import AlreadyRated
from crm_store.models import Message, Order

NO_COMMENT = choice("utter_button_no_comment", "deny")
ASKED_ABOUT_AN_ORDER = frozenset({"utter_ask_rating", "utter_rate_your_order"})
ASKED_ABOUT_HELP = "utter_rate_help"
ASKED_FOR_A_RATING = ASKED_ABOUT_AN_ORDER | {"utter_ask_rating_shop"}
OFFERED_A_PERSON = frozenset({"utter_rating_low", "utter_comment_thanks_low", "utter_help_rated_low"})


class GiveFeedback(BarevAction):
    """Asks for a rating, or keeps the one that was given, and asks for words; a low one offers a person.

    The order: the one that is named, else the one just asked about, else the latest delivered without a rating.
    """

    called = "action_give_feedback"
    clears = ("order_number", "contact")

    async def act(self, turn: Turn) -> None:
        turn.leave_form()
        last = await conversations.last_said(turn.session, turn.conversation)
        if turn.intent == "affirm":
            await self._yes(turn, last)
            return
        named, score = turn.entity("order_number"), turn.entity("rating")
        about_help = turn.entity("about") == "help" or (last and last.name == ASKED_ABOUT_HELP)
        if score and not named and about_help:
            await self._keep_of_help(turn, int(score), turn.entity("handoff"))
            return
        order = await self._order(turn, named, last)
        if named and order is None:
            number = orders.normal_number(named)
            look = choice("utter_button_find_order", "ask_order_status", {"order_number": number})
            turn.say("utter_rating_needs_match", number=number, choices=[look])
        elif order and await feedback.rating_of(turn.session, order):
            turn.say("utter_already_rated", number=order.number)
        elif score is None:
            _ask(turn, order)
        else:
            await self._keep(turn, order, int(score))

    async def _order(self, turn: Turn, named: str | None, last: Message | None) -> Order | None:
        known = await feedback.known_orders(turn.session, turn.conversation)
        said = last.name if last else None
        if named is None and said == "utter_ask_rating_shop":
            return None
        if named is None and last and said in ASKED_ABOUT_AN_ORDER:
            named = last.values.get("number")
        if named:
            number = orders.normal_number(named)
            return next((order for order in known if order.number == number), None)
        return await feedback.likeliest(turn.session, known)

    async def _keep(self, turn: Turn, order: Order | None, score: int) -> None:
        try:
            await feedback.record(turn.session, turn.conversation, order, score=score)
        except AlreadyRated as rated:
            turn.say("utter_already_rated", number=str(rated))
            return
        number = order.number if order else None
        if feedback.is_low(score):
            turn.say("utter_rating_low", card=given(number, score), choices=[PERSON, NO_COMMENT])
        else:
            turn.say("utter_rating_thanks", card=given(number, score), choices=[NO_COMMENT])

    async def _keep_of_help(self, turn: Turn, score: int, handoff: str | None) -> None:
        if await feedback_help.record(turn.session, turn.conversation, handoff, score=score) is None:
            turn.say("utter_what_next")
        elif feedback.is_low(score):
            turn.say("utter_help_rated_low", card=given(None, score), choices=[PERSON])
        else:
            turn.say("utter_help_rated", card=given(None, score))

    async def _yes(self, turn: Turn, last: Message | None) -> None:
        """Yes to what was asked last: whether a person should come, for words, or for a rating."""
        said = last.name if last else None
        if said in OFFERED_A_PERSON:
            _, new = await handoffs.ask(turn.session, turn.conversation, reason="unhappy")
            turn.say("utter_handed_off" if new else "utter_already_waiting")
        elif said == "utter_rating_thanks":
            turn.say("utter_write_comment")
        elif said in ASKED_FOR_A_RATING:
            _ask(turn, await self._order(turn, None, last))
        else:
            turn.say("utter_what_next")


class RecordComment(BarevAction):
    """Keeps the words that follow a rating, as they were written."""

    called = "action_record_comment"

    async def act(self, turn: Turn) -> None:
        text = str(turn.tracker.latest_message.get("text") or "")
        rating = await feedback.comment(turn.session, turn.conversation, text)
        if rating is None:
            turn.say("utter_what_next")
        elif feedback.is_low(rating.score):
            turn.say("utter_comment_thanks_low", choices=[PERSON])
        else:
            turn.say("utter_comment_thanks")


class Complaint(BarevAction):
    """Says sorry and offers a person; whoever then asks for one is handed on as unhappy."""

    called = "action_complaint"
    clears = ("order_number", "contact")

    async def act(self, turn: Turn) -> None:
        turn.leave_form()
        turn.say("utter_complaint", choices=[PERSON])


def _ask(turn: Turn, order: Order | None) -> None:
    if order is None:
        turn.say("utter_ask_rating_shop", **stars(None))
        return
    asked: dict[str, Any] = stars(order.number)
    turn.say("utter_ask_rating", number=order.number, **asked)
