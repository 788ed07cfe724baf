"""The action server, whose actions fail where a test says (tests/rig/faults.py).

    python -m tests.rig.faulty_actions

A fault's part is "<action>: <kind>", the kind one of INSIDE (it hangs, or it has done its work and then fails: nothing
of it may stay) and OUTSIDE (Rasa gets an answer that is none).
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

import actions.__main__ as server
from actions.app import ACTIONS, make_app
from actions.base import BarevAction, FormCheck
from tests.rig.faults import strikes

INSIDE = ("exception", "timeout")
OUTSIDE = ("400", "500", "bad json", "reset")


class Injected(Exception):
    """What a test asked for."""


def wound(kind: type[BarevAction | FormCheck]) -> None:
    """Let an action of this class hang before it begins, or raise when its work is done."""
    if issubclass(kind, BarevAction):
        _before(kind, "_once")
        _after(kind, "act")
        _after(kind, "_confirm_first")  # what it does instead for somebody it does not know well enough
    else:
        _before(kind, "needed")
        _after(kind, "needed")


def _before(kind: type, method: str) -> None:
    healthy = getattr(kind, method)

    async def wounded(self: Any, *args: Any) -> Any:
        if strikes(_sender(args), f"{self.name()}: timeout"):
            await asyncio.sleep(3600)
        return await healthy(self, *args)

    setattr(kind, method, wounded)


def _after(kind: type, method: str) -> None:
    healthy = getattr(kind, method)

    async def wounded(self: Any, *args: Any) -> Any:
        result = await healthy(self, *args)
        if strikes(_sender(args), f"{self.name()}: exception"):
            raise Injected(self.name())
        return result

    setattr(kind, method, wounded)


def _sender(args: tuple[Any, ...]) -> str:
    """Rasa's sender: the last argument is its tracker, or a Turn that holds it."""
    tracker = getattr(args[-1], "tracker", args[-1])
    return str(tracker.sender_id)


@web.middleware
async def fail_outside(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.method != "POST":
        return await handler(request)
    call = await request.json()
    name, sender = call["next_action"], call["sender_id"]
    if strikes(sender, f"{name}: 400"):
        return web.json_response({"error": "injected", "action_name": name}, status=400)
    if strikes(sender, f"{name}: 500"):
        return web.json_response({"error": "injected", "action_name": name}, status=500)
    if strikes(sender, f"{name}: bad json"):
        return web.Response(text='{"events": [', content_type="application/json")
    if strikes(sender, f"{name}: reset"):
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    return await handler(request)


def main() -> None:
    for kind in ACTIONS:
        wound(kind)

    def wounded(*args: Any, **more: Any) -> web.Application:
        app = make_app(*args, **more)
        app.middlewares.append(fail_outside)
        return app

    vars(server)["make_app"] = wounded
    server.main()


if __name__ == "__main__":
    main()
