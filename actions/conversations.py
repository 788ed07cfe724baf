"""Talking about the talk: not understood, which language."""

from __future__ import annotations

from actions.base import BarevAction
from actions.turn import Turn, choice
from barev.language import LANGUAGES
from crm_store import conversations

SUGGESTED = (
    "ask_order_status",
    "ask_delivery_time",
    "list_orders",
    "ask_points_balance",
    "ask_points_history",
    "ask_points_expiry",
    "ask_how_to_earn",
    "ask_rewards",
    "redeem_points",
    "ask_tier",
    "refer_friend",
    "ask_opening_hours",
    "ask_shipping_options",
    "ask_return_policy",
    "ask_payment_methods",
    "ask_product",
    "ask_recommendation",
    "ask_discounts",
    "report_payment_problem",
    "cancel_order",
    "change_address",
    "return_order",
    "ask_refund_status",
    "report_problem",
    "ask_invoice",
    "link_account",
    "unsubscribe",
    "export_my_data",
    "erase_my_data",
    "give_feedback",
    "complain",
    "change_language",
    "ask_for_person",
    "ask_help",
)
"""Intents that a shopper can be asked about in a few words (`utter_intent_<intent>`)."""


class NotUnderstood(BarevAction):
    """Offers the two likeliest meanings; the second time in a row, a person."""

    called = "action_not_understood"

    async def act(self, turn: Turn) -> None:
        recent = await conversations.transcript(turn.session, turn.conversation, limit=4)
        last = next((line for line in reversed(recent) if line.author == "bot"), None)
        if last and last.name == "utter_not_understood":
            turn.say("utter_offer_person")
            return
        ranking = [row["name"] for row in turn.tracker.latest_message.get("intent_ranking") or []]
        likely = [intent for intent in ranking if intent in SUGGESTED][:2] or list(SUGGESTED[:2])
        turn.say(
            "utter_not_understood", choices=[choice(f"utter_intent_{intent}", intent) for intent in likely]
        )


class ChangeLanguage(BarevAction):
    """An explicit choice of language, remembered; without one, asks which."""

    called = "action_change_language"

    async def act(self, turn: Turn) -> None:
        language = turn.entity("language")
        if language not in LANGUAGES:
            turn.say("utter_which_language")
            return
        await conversations.choose_language(turn.session, turn.conversation, language)
        turn.say("utter_language_changed")
