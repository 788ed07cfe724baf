"""The pages of signing in: in, out, one's own password and language."""

from __future__ import annotations

from aiohttp import web

from barev.language import LANGUAGES
from bot.sign_in.staff import DOOR, comes_from_us, page, session_of, signed_in, staff_of
from crm_store import passwords, staff, staff_sessions
from crm_store.errors import WeakPassword
from crm_store.models import Staff

SECONDS_TO_WAIT = "300"
HOME = {"owner": "/owner"}
ROOMS = ("/owner", "/desk", "/staff/password")


def routes() -> list[web.RouteDef]:
    return [
        web.get("/staff/sign-in", sign_in_page),
        web.post("/staff/sign-in", sign_in),
        web.post("/staff/sign-out", sign_out),
        web.post("/staff/language", choose_language),
        web.get("/staff/password", password_page),
        web.post("/staff/password", new_password),
    ]


async def sign_in_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/sign-in?next=…&lang=…; who is signed in already goes on."""
    person = await staff_of(request)
    if person:
        raise web.HTTPSeeOther(_after(request.query.get("next", ""), person))
    return await _sign_in_again(request, None, email="", status=200)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """POST /staff/sign-in: the attempt is counted, the password judged beside the event loop, then the session made.

    Whatever is wrong gets the same words in the same time.
    """
    door, form = request.app[DOOR], await request.post()
    email, password = str(form.get("email", "")).replace("\0", ""), str(form.get("password", ""))
    if not comes_from_us(request):
        return await _sign_in_again(request, "not_meant", email=email, status=403)
    async with door.store.write() as session:
        attempt = await staff.begin_sign_in(
            session, email, source=door.source(request), device=door.remembered(request)
        )
    if attempt.refused:
        return await _sign_in_again(request, "too_many", email=email, status=429)
    known = attempt.person.password_hash if attempt.person else None
    right = await passwords.is_right(known, password)
    async with door.store.write() as session:
        found = await staff.finish_sign_in(
            session, attempt, right=right, replaces=request.cookies.get(door.cookie)
        )
    if found is None:
        return await _sign_in_again(request, "wrong", email=email, status=401)
    token, person = found
    response = _go_to(_after(str(form.get("next", "")), person))
    door.let_in(response, token, person)
    return response


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /staff/sign-out: the session ends here, not only in the browser."""
    door, signed = request.app[DOOR], await signed_in(request)
    assert signed
    async with door.store.write() as session:
        await staff_sessions.sign_out(session, signed)
    response = _go_to("/staff/sign-in")
    door.forget(response)
    return response


async def choose_language(request: web.Request) -> web.StreamResponse:
    """POST /staff/language: of one's own pages, from now on."""
    person, form = await staff_of(request), await request.post()
    assert person
    if form.get("language") not in LANGUAGES:
        raise web.HTTPBadRequest
    async with request.app[DOOR].store.write() as session:
        (await session.get_one(Staff, person.id)).language = str(form["language"])
    raise web.HTTPSeeOther(_after(str(form.get("next", "")), person))


async def password_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/password."""
    return await page(request, "staff/password.html", wrong=None)


async def new_password(request: web.Request) -> web.StreamResponse:
    """POST /staff/password: the old one is asked for, but not a one-time one, which is used up. Every session of the
    member ends, and a new one begins here."""
    door, form, person = request.app[DOOR], await request.post(), await staff_of(request)
    held = await session_of(request)
    assert person and held
    old, new = str(form.get("old", "")), str(form.get("new", ""))
    try:
        passwords.good_enough(new, not_like=(person.email.partition("@")[0], *person.name.split()))
    except WeakPassword:
        return await page(request, "staff/password.html", wrong="weak", status=422)
    if new != form.get("again"):
        return await page(request, "staff/password.html", wrong="again", status=422)
    if person.one_time_until is None:
        async with door.store.write() as session:
            attempt = await staff.begin_sign_in(session, person.email, source=f"session {held.id}")
        if attempt.refused or not await passwords.is_right(person.password_hash, old):
            return await page(request, "staff/password.html", wrong="old", status=422)
        async with door.store.write() as session:
            await staff.forgive(session, attempt)
    digest = await passwords.hashed(new)
    async with door.store.write() as session:
        await staff.set_password(session, person, digest, by=person)
        token = await staff_sessions.new_session(session, person)
    response = _go_to(_after("", person))
    door.set_session(response, token)
    return response


async def _sign_in_again(request: web.Request, wrong: str | None, *, email: str, status: int) -> web.Response:
    form = await request.post() if request.method == "POST" else request.query
    back = str(form.get("next", ""))
    response = await page(
        request, "staff/sign-in.html", status=status, wrong=wrong, email=email[:254], next=back
    )
    if status == 429:
        response.headers["Retry-After"] = SECONDS_TO_WAIT
    return response


def _go_to(path: str) -> web.Response:
    """A redirect that carries cookies."""
    return web.Response(status=303, headers={"Location": path})


def _after(asked: str, person: Staff) -> str:
    """Where somebody goes on: to a page of ours that was asked for, else to their room."""
    path = asked.partition("?")[0]
    ours = any(path == room or path.startswith(f"{room}/") for room in ROOMS)
    return asked if ours and "\\" not in asked and asked.isprintable() else HOME.get(person.role, "/desk")
