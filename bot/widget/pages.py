"""The widget's script for every shop page, and the demo shop that shows it at work."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import yaml
from aiohttp import ETag, web

from bot.pages.headers import secure_headers
from bot.widget.build import joined

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
LANGUAGES = ("en", "hy", "ka")
AN_HOUR = "public, max-age=3600"

SHOPPERS: web.AppKey[Callable[[], Awaitable[list[dict[str, Any]] | None]]] = web.AppKey("demo_shoppers")
"""Who the demo page offers to be: [{name, language, email, orders: [{number, status}]}]; None: this is no demo."""


def routes() -> list[web.RouteDef]:
    """The script and the demo shop, whose template needs aiohttp_jinja2 set up with TEMPLATES."""
    return [
        web.get("/widget.js", widget_script),
        web.get("/", to_shop),
        web.get("/shop", demo_page),
        web.get("/shop/static/{name:[a-z-]+\\.(?:css|js|svg)}", static_file),
    ]


async def widget_script(request: web.Request) -> web.StreamResponse:
    """GET /widget.js. Any site may load it; browsers ask again after five minutes and are told by ETag."""
    body, etag = _script()
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": "public, max-age=300",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    known = {tag.value for tag in request.if_none_match or ()}
    if known & {etag, "*"}:
        response = web.Response(status=304, headers=headers)
    else:
        response = web.Response(body=body, content_type="text/javascript", charset="utf-8", headers=headers)
        response.enable_compression()
    response.etag = ETag(etag, is_weak=True)  # weak: the same script may be sent packed or plain
    return response


async def to_shop(request: web.Request) -> web.StreamResponse:
    """GET /: there is only the shop to see; the chosen language goes along."""
    raise web.HTTPFound(request.rel_url.with_path("/shop", keep_query=True))


async def demo_page(request: web.Request) -> web.StreamResponse:
    """GET /shop?lang=en|hy|ka: the front page of a shop that does not exist, with the widget on it."""
    ask = request.app.get(SHOPPERS)
    shoppers = await ask() if ask else []
    if shoppers is None:
        raise web.HTTPNotFound
    questions = {code: _texts()[code]["questions"] for code in LANGUAGES}
    return rendered(request, "shop.html", questions=questions, shoppers=shoppers)


def rendered(request: web.Request, template: str, **more: Any) -> web.StreamResponse:
    """A page of the demo shop in the reader's language, never kept by a browser."""
    language, texts = _language(request), _texts()
    names = {code: texts[code]["language"] for code in LANGUAGES}
    context = {"language": language, "t": texts[language], "names": names, **more}
    response = aiohttp_jinja2.render_template(template, request, context)
    response.headers.update(secure_headers())
    response.headers.update(
        {"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Language": language}
    )
    return response


async def static_file(request: web.Request) -> web.StreamResponse:
    """GET /shop/static/<name>: pictures, style and script of the demo page; the name has no slash and no dots."""
    path = STATIC / request.match_info["name"]
    if not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={**secure_headers(), "Cache-Control": AN_HOUR})


def _language(request: web.Request) -> str:
    """What the address says, else the first language of ours that the browser asks for, else English."""
    asked = [
        request.query.get("lang", ""),
        *re.findall(r"[a-z]{2}", request.headers.get("Accept-Language", "")),
    ]
    return next((language for language in asked if language in LANGUAGES), "en")


@lru_cache
def _script() -> tuple[bytes, str]:
    body = joined()
    return body, hashlib.sha256(body).hexdigest()[:16]


@lru_cache
def _texts() -> dict[str, Any]:
    """The demo page's wording by language. In the file every text stands in all languages side by side."""
    side_by_side = yaml.safe_load((TEMPLATES / "shop_texts.yml").read_text("utf-8"))

    def pick(node: Any, language: str) -> Any:
        if isinstance(node, list):
            return [pick(item, language) for item in node]
        if isinstance(node, dict) and language not in node:
            return {key: pick(value, language) for key, value in node.items()}
        return node[language] if isinstance(node, dict) else node

    return {language: pick(side_by_side, language) for language in LANGUAGES}
