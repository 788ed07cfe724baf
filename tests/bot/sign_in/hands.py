"""Members of staff for tests, and a browser's side of signing in, without a browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import aiohttp
from argon2 import PasswordHasher
from yarl import URL

from crm_store import staff
from crm_store.db import Store
from crm_store.models import Staff

PASSWORD = "four quiet herons walk"
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""The gateway judges a password by the figures in its hash: with these, signing in costs a test nothing."""


async def member(
    store: Store,
    role: str,
    *,
    email: str = "",
    language: str = "en",
    password_hash: str = QUICK_HASH,
    **more: Any,
) -> Staff:
    """Somebody with this role who signs in with PASSWORD."""
    email = email or f"{role}@shop.example"
    async with store.write() as session:
        return await staff.add(
            session,
            email=email,
            name="Lilit Sahakyan",
            role=role,
            language=language,
            password_hash=password_hash,
            **more,
        )


@dataclass
class Seat:
    """One browser: its cookies, where it asks, and the address of the page that it is on."""

    http: aiohttp.ClientSession
    url: str
    origin: str

    async def get(self, path: str, **headers: str) -> aiohttp.ClientResponse:
        wanted = {"Accept": "text/html", **headers}
        return await self.http.get(f"{self.url}{path}", headers=wanted, allow_redirects=False)

    async def post(
        self, path: str, form: dict[str, Any], *, origin: str | None = None, token: bool = True
    ) -> aiohttp.ClientResponse:
        """A form as the browser sends it: with its origin, and the token of a page read just before."""
        headers = {"Origin": origin or self.origin, "Accept": "text/html"}
        if token:
            form = {"form_token": await self.form_token(), **form}
        return await self.http.post(f"{self.url}{path}", data=form, headers=headers, allow_redirects=False)

    async def form_token(self) -> str:
        text = await (await self.get("/staff/password")).text()
        found = re.search(r'name="form_token" value="(\w+)"', text)
        return found[1] if found else ""

    async def sign_in(self, email: str, password: str = PASSWORD, **more: Any) -> aiohttp.ClientResponse:
        return await self.post("/staff/sign-in", {"email": email, "password": password}, token=False, **more)


def seat(url: str, public_url: str = "") -> Seat:
    """A browser with no cookies yet; to be closed by `await seat.http.close()`. A proxy in front of a gateway with a
    public address is left out: what is only for https goes over http."""
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(url))
    return Seat(aiohttp.ClientSession(cookie_jar=jar), url, public_url or url)
