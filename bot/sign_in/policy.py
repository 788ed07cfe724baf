"""Who may call which route, in one table. A route that is not in it stops the start of the gateway.

A role may do what the roles before it may. Routes for agent, lead and owner are guarded (guard.py): nobody reaches
the handler without the role, and a change or a socket must come from a page of ours. The others are open, and say
here how they know whom they answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiohttp import web

STAFF = ("agent", "lead", "owner")
OPEN = ("public", "visitor", "caller")
"""public: anybody; visitor: the first frame carries the visitor's token; caller: a secret in a header."""

ROUTES: dict[tuple[str, str], str] = {
    # the chat and the demo shop
    ("GET", "/chat/v1/ws"): "visitor",
    ("GET", "/widget.js"): "public",
    ("GET", "/"): "public",
    ("GET", "/shop"): "public",
    ("GET", "/shop/static/{name}"): "public",
    ("GET", "/demo/mailbox"): "public",  # demo data only, and only from this machine
    # machines
    ("GET", "/healthz"): "public",
    ("GET", "/metrics"): "caller",
    ("POST", "/telegram/updates"): "caller",
    # signing in
    ("GET", "/staff/sign-in"): "public",
    ("POST", "/staff/sign-in"): "public",
    ("GET", "/staff/static/{name}"): "public",
    ("POST", "/staff/sign-out"): "agent",
    ("POST", "/staff/language"): "agent",
    ("GET", "/staff/password"): "agent",
    ("POST", "/staff/password"): "agent",
    # the desk
    ("GET", "/desk"): "agent",
    ("GET", "/desk/v1/ws"): "agent",  # each frame asks whose conversation it is (bot/desk/seat.py)
    # the owner's pages
    ("GET", "/owner"): "owner",
    ("POST", "/owner"): "owner",
    ("POST", "/owner/customers.csv"): "owner",
    ("GET", "/owner/customers/{customer}"): "owner",
    ("GET", "/owner/ratings"): "owner",
    ("GET", "/owner/shop"): "owner",
    ("POST", "/owner/shop/hours"): "owner",
    ("POST", "/owner/shop/closed-days"): "owner",
    ("POST", "/owner/shop/closed-days/remove"): "owner",
    ("POST", "/owner/shop/facts/{topic}"): "owner",
}


class RoutesWithoutPolicy(Exception):
    """Some routes are in no line of the table, so nobody has decided who may call them."""


def who_may(method: str, path: str) -> str | None:
    """A line of the table; HEAD is a GET. None: there is none."""
    return ROUTES.get(("GET" if method == "HEAD" else method, path))


def allows(role: str, method: str, path: str) -> bool:
    """Whether a member of staff of this role may call a route."""
    least = who_may(method, path)
    return least in OPEN or (least in STAFF and STAFF.index(role) >= STAFF.index(least))


def routes_of(app: web.Application) -> Iterator[tuple[str, str]]:
    """Every (method, path) of the router, as the table writes them."""
    for route in app.router.routes():
        if route.resource is not None:
            yield route.method, route.resource.canonical


def check(routes: Iterable[tuple[str, str]]) -> None:
    """Raises RoutesWithoutPolicy, also for a word that is no policy."""
    known = (*OPEN, *STAFF)
    if without := sorted(
        {f"{method} {path}" for method, path in routes if who_may(method, path) not in known}
    ):
        raise RoutesWithoutPolicy(f"bot/sign_in/policy.py does not say who may call {', '.join(without)}")
