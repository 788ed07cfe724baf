"""What customers said: ratings with their comments, newest first."""

from __future__ import annotations

from aiohttp import web

from bot.owner.paging import PAGE, Paging
from bot.sign_in.staff import DOOR, page, staff_of
from crm_store import audit, reports


def routes() -> list[web.RouteDef]:
    return [web.get("/owner/ratings", ratings_page)]


async def ratings_page(request: web.Request) -> web.StreamResponse:
    """GET /owner/ratings?stars=1…5&page=2."""
    asked = request.query.get("stars", "")
    stars = int(asked) if asked in ("1", "2", "3", "4", "5") else None
    async with request.app[DOOR].store.read() as session:
        counts = await reports.count_ratings(session)
        total = counts[stars] if stars else sum(counts.values())
        paging = Paging(request.query.get("page", "1"), total)
        rated = await reports.ratings(session, score=stars, limit=PAGE, offset=paging.offset)
    async with request.app[DOOR].store.write() as session:
        await audit.write(session, await staff_of(request), "ratings.list")
    mean = sum(score * number for score, number in counts.items()) / max(1, sum(counts.values()))
    return await page(
        request, "owner/ratings.html", rated=rated, counts=counts, stars=stars, paging=paging, mean=mean
    )
