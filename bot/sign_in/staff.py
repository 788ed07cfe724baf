"""Who of the staff sends a request: the cookie of their session, and what a page's form must prove.

person = await staff_of(request)                       # Staff or None
return await page(request, "desk/list.html", rows=…)   # in their language, with the form's token
await still_signed_in(request)                         # for a socket that stays open
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from barev.settings import Settings
from bot.pages.pages import Pages, language_asked
from bot.sign_in import policy
from bot.sign_in.addresses import address_of
from crm_store import shop, staff_sessions
from crm_store.db import Store
from crm_store.models import Staff, StaffSession
from crm_store.staff_sessions import SignedIn

DEVICE = "barev_device"
DEVICE_DAYS = 180
FORM_TOKEN = "form_token"
FORM_HEADER = "X-Form-Token"

SIGNED: web.RequestKey[SignedIn | None] = web.RequestKey("signed_in", object)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Door:
    """What signing in needs: the store, the pages, and the secret by which devices are known again."""

    store: Store
    settings: Settings
    pages: Pages
    secret: str
    paths: set[str] = field(default_factory=set)  #: that this gateway has

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; with https no other site, and no path, can set it for us."""
        return "__Host-barev_staff" if self.settings.public_url else "barev_staff"

    def source(self, request: web.Request) -> str:
        """The address a request comes from, as a keyed hash: counted by, never readable."""
        return self._keyed("source", address_of(request, self.settings.proxies))[:24]

    def remembered(self, request: web.Request) -> str | None:
        """The public id of the member of staff who has signed in from this device before."""
        public_id, _, proof = request.cookies.get(DEVICE, "").rpartition(".")
        good = bool(public_id) and hmac.compare_digest(
            proof.encode(), self._keyed("device", public_id).encode()
        )
        return public_id.partition(".")[0] if good else None

    def let_in(self, response: web.StreamResponse, token: str, person: Staff) -> None:
        """Give the browser its session, and remember the device."""
        named = f"{person.public_id}.{secrets.token_urlsafe(12)}"
        known = f"{named}.{self._keyed('device', named)}"
        self.set_session(response, token)
        life = DEVICE_DAYS * 24 * 3600
        response.set_cookie(DEVICE, known, path="/staff/sign-in", max_age=life, **self._strict())

    def set_session(self, response: web.StreamResponse, token: str) -> None:
        response.set_cookie(self.cookie, token, path="/", **self._strict())

    def forget(self, response: web.StreamResponse) -> None:
        """Take the session's cookie away."""
        response.del_cookie(self.cookie, path="/", **self._strict())

    def _strict(self) -> dict[str, Any]:
        return {"httponly": True, "samesite": "Strict", "secure": bool(self.settings.public_url)}

    def _keyed(self, what: str, value: str) -> str:
        return hmac.new(self.secret.encode(), f"{what}:{value}".encode(), hashlib.sha256).hexdigest()


DOOR: web.AppKey[Door] = web.AppKey("door", Door)


async def staff_of(request: web.Request) -> Staff | None:
    """The member of staff who is signed in; looked up once per request."""
    signed = await signed_in(request)
    return signed.person if signed else None


async def session_of(request: web.Request) -> StaffSession | None:
    """Their session."""
    signed = await signed_in(request)
    return signed.session if signed else None


async def signed_in(request: web.Request) -> SignedIn | None:
    """Both, as they were when the request came."""
    if SIGNED not in request:
        request[SIGNED] = await _look(request)
    return request[SIGNED]


async def still_signed_in(request: web.Request) -> bool:
    """Whether the session of a request that stays open (a socket) still lasts; to be asked every few seconds.

    It does not count as a use: `used` says that somebody is there.
    """
    return await _look(request) is not None


async def used(request: web.Request) -> bool:
    """The member of staff did something: their thirty idle minutes begin anew. False where the session has ended."""
    door, signed = request.app[DOOR], await _look(request)
    if signed and staff_sessions.is_to_be_noted(signed):
        async with door.store.write() as session:
            await staff_sessions.note_use(session, signed)
    return signed is not None


async def hold_session(request: web.Request, session: AsyncSession) -> None:
    """The member of staff stays signed in until this transaction ends. Raises SignedOut where they are not."""
    signed = await signed_in(request)
    assert signed
    await staff_sessions.hold(session, signed)


def form_token(request: web.Request) -> str:
    """What a form of this session's pages carries; it follows from the cookie, and says nothing of it."""
    token = request.cookies.get(request.app[DOOR].cookie, "")
    return hmac.new(token.encode(), b"barev form", hashlib.sha256).hexdigest()


def comes_from_us(request: web.Request) -> bool:
    """Whether a page of ours sends it: browsers name the origin with every form and every socket."""
    return request.headers.get("Origin") in request.app[DOOR].settings.own_origins


async def form_guard(request: web.Request) -> bool:
    """Whether a change was meant by the member of staff: from a page of ours, with the token of their session."""
    if not comes_from_us(request):
        return False
    given = request.headers.get(FORM_HEADER)
    if given is None:
        given = str((await request.post()).get(FORM_TOKEN, ""))
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), form_token(request).encode())


async def page(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A page in the language of who is signed in, else of who asks.

    Templates find `staff`, `form_token`, `here` (the path), `shop_name`, `time_zone`, and `may(path)`: whether there
    is such a page and the reader may open it.
    """
    door, person = request.app[DOOR], await staff_of(request)
    async with door.store.read() as session:
        the_shop = await shop.the_shop(session)
    return door.pages.response(
        template,
        language=person.language if person else language_asked(request),
        status=status,
        staff=person,
        form_token=form_token(request),
        here=request.path,
        shop_name=the_shop.name if the_shop else "Barev",
        time_zone=the_shop.time_zone if the_shop else "UTC",
        may=lambda path: (
            path in door.paths and person is not None and policy.allows(person.role, "GET", path)
        ),
        **context,
    )


async def _look(request: web.Request) -> SignedIn | None:
    door = request.app[DOOR]
    token = request.cookies.get(door.cookie)
    if not token:
        return None
    async with door.store.read() as session:
        return await staff_sessions.signed_in(session, token)
