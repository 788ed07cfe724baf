"""The middleware that holds every request to the table of policy.py, and ends sockets of who is signed out."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sign_in import policy
from bot.sign_in.staff import DOOR, comes_from_us, form_guard, page, staff_of, still_signed_in, used
from crm_store import audit
from crm_store.models import Staff

LOOK_SECONDS = 2.0
"""So often a staff socket is asked whether its session still lasts; a disabled member's is closed within five."""
log = structlog.get_logger()
SIGNED_OUT = 4401
COME_BACK = 1012
"""Code with which such a socket is closed: the page goes to the sign-in."""
NEW_PASSWORD = ("/staff/password", "/staff/sign-out", "/staff/language")
"""All that somebody with a one-time password may open before they have chosen their own."""


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing but what the table allows reaches a handler."""
    resource = request.match_info.route.resource
    if resource is None:
        return await handler(request)  # there is no such page, or not with this method: aiohttp says so
    who = policy.who_may(request.method, resource.canonical)
    if who in policy.OPEN:
        return await handler(request)
    person = await staff_of(request)
    if person is None:
        return _sign_in_first(request)
    if who is None or not policy.allows(person.role, request.method, resource.canonical):
        return await _refused(request, person, resource.canonical)
    if person.one_time_until is not None and resource.canonical not in NEW_PASSWORD:
        raise web.HTTPSeeOther("/staff/password")
    if not await _is_meant(request):
        return await page(request, "staff/message.html", status=403, message="not_meant")
    if not _is_by_machine(request):
        await used(request)
    return await handler(request)


async def close_when_signed_out(request: web.Request, socket: web.WebSocketResponse) -> None:
    """Run beside a staff socket: closes it within five seconds after its session has ended.

    Where the store cannot say, the socket is let go too: the desk comes back, and is asked who it is.
    """
    while not socket.closed:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            lasts = await still_signed_in(request)
        except Exception as error:
            log.warning("staff socket let go", error=type(error).__name__)
            await socket.close(code=COME_BACK, message=b"come back")
            return
        if not lasts:
            await socket.close(code=SIGNED_OUT, message=b"signed out")


def _is_by_machine(request: web.Request) -> bool:
    """Whether a page that comes back after a broken line sends it, with nobody there: that is no use."""
    return request.method == "HEAD" or _is_socket(request)


def _is_socket(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


async def _is_meant(request: web.Request) -> bool:
    if _is_socket(request):
        return comes_from_us(request)
    return request.method in ("GET", "HEAD") or await form_guard(request)


def _sign_in_first(request: web.Request) -> web.StreamResponse:
    """A browser is sent to the sign-in and back after it; everybody else hears 401."""
    if "text/html" not in request.headers.get("Accept", "") or "Upgrade" in request.headers:
        return web.json_response({"error": "unauthorized"}, status=401)
    back = f"?next={quote(request.path_qs, safe='')}" if request.method == "GET" else ""
    raise web.HTTPSeeOther(f"/staff/sign-in{back}")


async def _refused(request: web.Request, person: Staff, path: str) -> web.Response:
    async with request.app[DOOR].store.write() as session:
        await audit.write(session, person, "refused", details={"route": f"{request.method} {path}"})
    return await page(request, "staff/message.html", status=403, message="not_allowed")
