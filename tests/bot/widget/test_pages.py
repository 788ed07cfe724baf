"""The script's address and the demo shop, over HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from bot.widget.build import joined
from tests.bot.widget.fake_server import FakeBarev

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANNA = {
    "name": "Anna <b>Petrosyan</b>",
    "language": "hy",
    "email": "anna@example.com",
    "orders": [{"number": "BR-104217", "status": "in_transit"}],
}
NEWCOMER = {"name": "Nino", "language": "ka", "email": "nino@example.com", "orders": []}


@pytest_asyncio.fixture(loop_scope="session")
async def http(server: FakeBarev) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url) as session:
        yield session


async def test_any_site_may_load_the_script(http: aiohttp.ClientSession) -> None:
    async with http.get("/widget.js") as got:
        assert got.status == 200
        assert await got.read() == joined()
        assert got.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert got.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert got.headers["Access-Control-Allow-Origin"] == "*"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age=300" in got.headers["Cache-Control"]


async def test_the_script_travels_packed_to_who_can_unpack_it(http: aiohttp.ClientSession) -> None:
    async with http.get("/widget.js", headers={"Accept-Encoding": "gzip"}) as got:
        assert got.headers["Content-Encoding"] == "gzip"
        assert got.headers["Vary"] == "Accept-Encoding"
        assert await got.read() == joined()


async def test_a_browser_that_has_the_script_is_not_sent_it_again(http: aiohttp.ClientSession) -> None:
    async with http.get("/widget.js") as got:
        etag = got.headers["ETag"]
    async with http.get("/widget.js", headers={"If-None-Match": etag}) as again:
        assert (again.status, await again.read()) == (304, b"")
        assert again.headers["ETag"] == etag
    async with http.get("/widget.js", headers={"If-None-Match": 'W/"old"'}) as stale:
        assert stale.status == 200


async def test_the_root_leads_to_the_shop_and_keeps_the_language(http: aiohttp.ClientSession) -> None:
    async with http.get("/?lang=ka", allow_redirects=False) as got:
        assert (got.status, got.headers["Location"]) == (302, "/shop?lang=ka")


@pytest.mark.parametrize(
    ("query", "accepts", "language"),
    [
        ("?lang=hy", "ka", "hy"),
        ("?lang=ka", "", "ka"),
        ("?lang=de", "", "en"),
        ("", "fr-FR, ka;q=0.9, en;q=0.8", "ka"),
        ("", "", "en"),
        ('?lang=hy"><script>', "", "en"),
    ],
)
async def test_the_page_speaks_the_language_asked_for(
    http: aiohttp.ClientSession, query: str, accepts: str, language: str
) -> None:
    async with http.get(f"/shop{query}", headers={"Accept-Language": accepts}) as got:
        text = await got.text()
        assert f'<html lang="{language}">' in text
        assert f'data-language="{language}"' in text
        assert got.headers["Content-Language"] == language


async def test_the_page_lets_nothing_run_but_our_own_files(http: aiohttp.ClientSession) -> None:
    async with http.get("/shop") as got:
        policy = got.headers["Content-Security-Policy"]
        text = await got.text()
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]* src=)", text)
    assert re.findall(r'(?:src|href)="(?!/|\?)[^"]*"', text) == []


async def test_every_file_the_page_names_is_there(http: aiohttp.ClientSession) -> None:
    async with http.get("/shop") as got:
        files = set(re.findall(r'"(/shop/static/[^"]+)"', await got.text()))
    assert len(files) == 8
    for file in files:
        async with http.get(file) as got:
            assert got.status == 200, file
            assert got.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["missing.svg", "..%2fpages.py", "%2e%2e/build.py", "shop.css.bak", "shop.html"]
)
async def test_no_other_file_can_be_asked_for(http: aiohttp.ClientSession, name: str) -> None:
    async with http.get(f"/shop/static/{name}") as got:
        assert got.status == 404


async def test_demo_shoppers_come_with_questions_in_their_own_language(
    server: FakeBarev, http: aiohttp.ClientSession
) -> None:
    server.shoppers = [ANNA, NEWCOMER]
    async with http.get("/shop?lang=en") as got:
        text = await got.text()
    assert 'data-ask="Որտե՞ղ է իմ BR-104217 պատվերը"' in text
    assert "հասցես՝ anna@example.com" in text
    assert "Anna &lt;b&gt;Petrosyan&lt;/b&gt;" in text
    assert "როდის მოვა ჩემი შეკვეთა?" in text
    assert "{number}" not in text


async def test_without_demo_shoppers_nothing_offers_them(http: aiohttp.ClientSession) -> None:
    async with http.get("/shop?lang=en") as got:
        assert "Try it as" not in await got.text()


async def test_an_installation_without_demo_data_has_no_shop_page(
    server: FakeBarev, http: aiohttp.ClientSession
) -> None:
    server.shoppers = None
    async with http.get("/shop") as shop, http.get("/widget.js") as script:
        assert (shop.status, script.status) == (404, 200)
