"""Where a request comes from."""

from __future__ import annotations

from collections.abc import Collection

from aiohttp import web


def address_of(request: web.Request, proxies: Collection[str]) -> str:
    """The visitor's address: the peer's, or what a proxy of ours says; nobody else's X-Forwarded-For is believed."""
    address = request.remote or ""
    lines = request.headers.getall(
        "X-Forwarded-For", []
    )  # some proxies add a line of their own after a forged one
    for hop in reversed(",".join(lines).split(",")):
        if address not in proxies or not hop.strip():
            break
        address = hop.strip()
    return address
