"""What the shop tells of itself: opening hours, closed days, delivery, payment, returns; the assistant's next answer
says it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from barev.language import LANGUAGES
from bot.sign_in.staff import DOOR, page, staff_of
from crm_store import audit, shop

LONGEST_FACT = 1500
"""Characters: it must fit into one message of every channel, with room for what stands around it."""
LONGEST_REASON = 80
SPAN = re.compile(r"\s*(\d{1,2})[:.](\d\d)\s*[-–—]\s*(\d{1,2})[:.](\d\d)\s*")

Errors = dict[str, str]
"""Name of a field → what is wrong with it, a word that the template puts into the reader's language."""


def routes() -> list[web.RouteDef]:
    return [
        web.get("/owner/shop", shop_page),
        web.post("/owner/shop/hours", save_hours),
        web.post("/owner/shop/closed-days", close_day),
        web.post("/owner/shop/closed-days/remove", reopen_day),
        web.post("/owner/shop/facts/{topic}", save_fact),
    ]


async def shop_page(request: web.Request) -> web.StreamResponse:
    """GET /owner/shop?saved=<what was saved>."""
    return await _show(request)


async def save_hours(request: web.Request) -> web.StreamResponse:
    """POST /owner/shop/hours: `day0` (Monday) to `day6`, each such as "10:00-14:00, 15:00-19:00" or nothing."""
    form = await request.post()
    typed = [str(form.get(f"day{number}", "")) for number in range(7)]
    week, errors = read_week(typed)
    if errors:
        return await _show(request, typed={f"day{n}": text for n, text in enumerate(typed)}, errors=errors)
    return await _save(request, "hours", "shop.hours", lambda session: shop.set_hours(session, week))


async def close_day(request: web.Request) -> web.StreamResponse:
    """POST /owner/shop/closed-days: `day` (2026-12-31) and a `reason_<language>` each."""
    form = await request.post()
    reasons = {language: one_line(str(form.get(f"reason_{language}", ""))) for language in LANGUAGES}
    errors: Errors = {
        f"reason_{language}": "too_long" for language, text in reasons.items() if len(text) > LONGEST_REASON
    }
    day = read_day(str(form.get("day", "")))
    if day is None:
        errors["day"] = "no_day"
    elif day < clock.now().date():
        errors["day"] = "past"
    if errors or day is None:
        return await _show(request, typed={name: str(value) for name, value in form.items()}, errors=errors)
    told = {language: text for language, text in reasons.items() if text}
    return await _save(request, "days", "shop.close_day", lambda session: shop.close_day(session, day, told))


async def reopen_day(request: web.Request) -> web.StreamResponse:
    """POST /owner/shop/closed-days/remove: `day`."""
    day = read_day(str((await request.post()).get("day", "")))
    if day is None:
        raise web.HTTPBadRequest
    return await _save(request, "days", "shop.reopen_day", lambda session: shop.reopen_day(session, day))


async def save_fact(request: web.Request) -> web.StreamResponse:
    """POST /owner/shop/facts/<topic>: the text per language; an empty one is told no more. `version`: of what the form
    showed; who saves over somebody else's words is shown both first."""
    topic, form = request.match_info["topic"], await request.post()
    if topic not in shop.TOPICS:
        raise web.HTTPNotFound
    texts = {language: plain(str(form.get(language, ""))) for language in LANGUAGES}
    errors: Errors = {
        f"{topic}_{language}": "too_long" for language, text in texts.items() if len(text) > LONGEST_FACT
    }
    if errors:
        typed = {f"{topic}_{language}": text for language, text in texts.items()}
        return await _show(request, typed=typed, errors=errors)

    async def saved(session: AsyncSession) -> None:
        now = await shop.facts_to_change(session, topic)
        if version(now) != form.get("version") and any(
            now.get(code, "") != texts[code] for code in LANGUAGES
        ):
            raise _ChangedMeanwhile
        for language, text in texts.items():
            await shop.set_fact(session, topic, language, text)

    try:
        return await _save(request, topic, "shop.fact", saved)
    except _ChangedMeanwhile:
        typed = {f"{topic}_{language}": text for language, text in texts.items()}
        return await _show(request, typed=typed, errors={topic: "changed"})


class _ChangedMeanwhile(Exception):
    """Somebody else has saved these words since the form was opened."""


def version(told: Mapping[str, str]) -> str:
    """Which words a form was opened with; another version means that somebody has changed them since."""
    words = json.dumps([told.get(language, "") for language in LANGUAGES])
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def read_week(typed: list[str]) -> tuple[list[list[shop.Interval]], Errors]:
    """The hours of a week as typed, Monday first, and what is wrong with a day."""
    week: list[list[shop.Interval]] = []
    errors: Errors = {}
    for number, text in enumerate(typed):
        spans = [SPAN.fullmatch(part) for part in re.split("[,;]", text) if part.strip()]
        week.append([(_time(span[1], span[2]), _time(span[3], span[4])) for span in spans if span])
        whole = all(time < "24:00" for span in week[-1] for time in span)
        if None in spans or not whole or any(time[3:] > "59" for span in week[-1] for time in span):
            errors[f"day{number}"] = "no_hours"
    if not errors:
        try:
            list(shop.whole_week(week))
        except ValueError:
            errors["hours"] = "overlap"
    return week, errors


def read_day(text: str) -> date | None:
    """A day such as 2026-12-31; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def plain(text: str) -> str:
    """What was typed, without what no text has: line ends of one kind, no control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join("".join(c for c in line if unicodedata.category(c) != "Cc").rstrip() for line in lines)


def one_line(text: str) -> str:
    return " ".join(plain(text).split())


def _time(hours: str, minutes: str) -> str:
    """24:00 is the beginning of the next day."""
    return "00:00" if (hours, minutes) == ("24", "00") else f"{int(hours):02}:{minutes}"


async def _save(
    request: web.Request, what: str, act: str, change: Callable[[AsyncSession], Awaitable[None]]
) -> web.StreamResponse:
    async with request.app[DOOR].store.write() as session:
        await change(session)
        await audit.write(session, await staff_of(request), act, details={"what": what})
    raise web.HTTPSeeOther(f"/owner/shop?saved={what}#{what}")


async def _show(
    request: web.Request, *, typed: Mapping[str, str] | None = None, errors: Errors | None = None
) -> web.Response:
    """The whole page; what was typed stays where something is wrong with it."""
    async with request.app[DOOR].store.read() as session:
        told = {topic: await shop.facts(session, topic) for topic in shop.TOPICS}
        week = await shop.hours(session)
        closed = await shop.closed_days(session, since=clock.now().date())
    values = {f"{topic}_{code}": told[topic].get(code, "") for topic in shop.TOPICS for code in LANGUAGES}
    values |= {
        f"day{n}": ", ".join(f"{opens}-{closes}" for opens, closes in day) for n, day in enumerate(week)
    }
    return await page(
        request,
        "owner/shop.html",
        status=409 if "changed" in (errors or {}).values() else 422 if errors else 200,
        values={
            **dict.fromkeys(["day", *(f"reason_{code}" for code in LANGUAGES)], ""),
            **values,
            **(typed or {}),
        },
        errors=errors or {},
        told=told,
        versions={topic: version(told[topic]) for topic in shop.TOPICS},
        closed=closed,
        topics=shop.TOPICS,
        saved=request.query.get("saved", ""),
        today=clock.now().date(),
        longest=LONGEST_FACT,
    )
