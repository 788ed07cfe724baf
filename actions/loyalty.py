"""Points: how many, why, until when, and how to get them."""

from __future__ import annotations

from typing import Any

from actions.base import BarevAction
from actions.turn import PERSON, Turn, choice, day
from crm_store import loyalty, shop
from crm_store.models import Programme

SOON_DAYS = 60
LATEST = 5
BALANCE = choice("utter_button_points_balance", "ask_points_balance")
HISTORY = choice("utter_button_points_history", "ask_points_history")
EARN = choice("utter_button_how_to_earn", "ask_how_to_earn")


class PointsBalance(BarevAction):
    """What can be spent, what still waits, and what ends in the next 60 days."""

    called = "action_points_balance"
    level = 2

    async def act(self, turn: Turn) -> None:
        now = await loyalty.balance(turn.session, turn.who)
        soon = await loyalty.expiring(turn.session, turn.who, within_days=SOON_DAYS)
        card: dict[str, Any] = {
            "kind": "points",
            "available": now.available,
            "available_text": _points(now.available),
            "expiring": [{"points_text": _points(end.points), "date_text": day(end.at)} for end in soon],
        }
        more = []
        programme, the_shop = await shop.programme(turn.session), await shop.the_shop(turn.session)
        if programme and the_shop and now.available:
            worth = now.available * programme.point_value
            card["worth_text"] = {"money": worth, "currency": the_shop.currency}
        if now.pending:
            card["pending_text"] = _points(now.pending)
            wait = _days(programme.pending_days if programme else 0)
            more.append({"word": "points_pending", "values": {"points": _points(now.pending), "wait": wait}})
        more += [_end(end) for end in soon]
        turn.say(
            "utter_points_balance",
            card=card,
            choices=[HISTORY if now.available or now.pending else EARN],
            points=_points(now.available),
            more={"lines": more},
        )


class PointsHistory(BarevAction):
    """Where the points came from and where they went: the latest rows in words."""

    called = "action_points_history"
    level = 2

    async def act(self, turn: Turn) -> None:
        changes = await loyalty.explained(turn.session, turn.who, limit=LATEST)
        if not changes:
            turn.say("utter_points_history_none", choices=[EARN])
            return
        turn.say("utter_points_history", choices=[BALANCE], rows={"lines": [_change(it) for it in changes]})


class PointsExpiry(BarevAction):
    """Which points end next, however far away that is."""

    called = "action_points_expiry"
    level = 2

    async def act(self, turn: Turn) -> None:
        ends = (await loyalty.balance(turn.session, turn.who)).expiring[:LATEST]
        if not ends:
            turn.say("utter_points_expiry_none", choices=[BALANCE])
            return
        turn.say("utter_points_expiry", choices=[BALANCE], rows={"lines": [_end(end) for end in ends]})


class HowToEarn(BarevAction):
    """The rules of the shop's programme; anybody may know them."""

    called = "action_how_to_earn"

    async def act(self, turn: Turn) -> None:
        programme, the_shop = await shop.programme(turn.session), await shop.the_shop(turn.session)
        if programme is None or the_shop is None:
            turn.say("utter_no_programme", choices=[PERSON])
            return
        money = {"currency": the_shop.currency}
        turn.say(
            "utter_how_to_earn",
            choices=[BALANCE],
            points=_points(programme.points_per_unit),
            money={"money": programme.minor_units_per_point, **money},
            wait=_days(programme.pending_days),
            expiry=_expiry(programme),
            value={"money": programme.point_value, **money},
            least=_points(programme.smallest_redemption),
        )


def _points(number: int) -> dict[str, int]:
    return {"points": abs(number)}


def _days(number: int) -> dict[str, Any]:
    return {"count": number, "of": "day"}


def _end(end: loyalty.Expiring) -> dict[str, Any]:
    """So many points are good until that day."""
    return {"word": "points_end", "values": {"points": _points(end.points), "date": day(end.at)}}


def _change(change: loyalty.Change) -> dict[str, Any]:
    """One row of the ledger in words; a type that goes both ways is told by its direction."""
    both_ways = "points_added" if change.points > 0 else "points_taken"
    word = both_ways if change.kind in ("adjust", "merge") else f"points_{change.kind}"
    values = {"points": _points(change.points), "number": change.order_number, "date": day(change.at)}
    return {"word": word, "values": values}


def _expiry(programme: Programme) -> dict[str, Any]:
    if programme.expiry_days is None:
        return {"word": "points_never_expire"}
    return {"word": "points_expire_after", "values": {"days": _days(programme.expiry_days)}}
