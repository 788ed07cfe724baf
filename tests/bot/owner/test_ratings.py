"""What customers said, as the owner reads it: stars, words, what it is about, and where it was said."""

from __future__ import annotations

import re
from datetime import timedelta

from barev import clock
from crm_store.db import Store
from crm_store.models import Rating
from tests.bot.sign_in.hands import Seat
from tests.crm_store import people


async def test_each_rating_shows_stars_words_order_channel_and_customer_newest_first(
    owner: Seat, store: Store
) -> None:
    async with store.write() as session:
        ani = await people.ani(session)
        order = await people.order(session, ani, delivered_days_ago=1)
        about_order = {"about": "order", "order_id": order.id, "customer_id": ani.id, "channel": "telegram"}
        words = "<b>Late</b>, but kind"
        now = clock.now()
        session.add(Rating(**about_order, score=2, comment=words, at=now))
        session.add(Rating(about="help", channel="website", score=5, at=now - timedelta(hours=1)))
        session.add(Rating(about="shop", channel="website", score=4, at=now - timedelta(hours=2)))
    text = await (await owner.get("/owner/ratings")).text()
    rated = [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in text.split('<li class="sheet">')[1:]]
    assert [len(rated), "3 ratings, 3.7 on average" in text] == [3, True]
    assert "★★ ★★★ 2 stars" in rated[0] and "5 stars" in rated[1] and "4 stars" in rated[2]
    for shown in (f"Order {order.number}", "Telegram", "&lt;b&gt;Late&lt;/b&gt;, but kind", "Ani"):
        assert shown in rated[0]
    assert "Help in the chat" in rated[1] and "Website" in rated[1] and "The shop" in rated[2]
    only = await (await owner.get("/owner/ratings?stars=2")).text()
    assert only.count('<li class="sheet">') == 1 and "but kind" in only
