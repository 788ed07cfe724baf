"""Templates to pages, in the reader's language, and the files that go with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from barev.language import LANGUAGES
from bot.pages.catalogues import translations
from bot.pages.headers import secure_headers
from bot.pages.shown import filters

HERE = Path(__file__).parent
NAMES = {"en": "English", "hy": "Հայերեն", "ka": "ქართული"}
FILE_NAME = r"/staff/static/{name:[a-z-]+\.(?:css|js|svg)}"


class Pages:
    """The pages of some rooms. Each room brings a folder with `templates/` and, where it has them, `static/`."""

    def __init__(self, *rooms: Path) -> None:
        self._rooms = (HERE, *rooms)
        self._environments = {language: self._environment(language) for language in LANGUAGES}

    def response(self, template: str, *, language: str, status: int = 200, **context: Any) -> web.Response:
        """A page that no browser and no proxy keeps."""
        page = self._environments[language].get_template(template)
        text = page.render(language=language, languages=NAMES, **context)
        headers = {**secure_headers(), "Cache-Control": "no-store", "Content-Language": language}
        return web.Response(text=text, content_type="text/html", status=status, headers=headers)

    def translate(self, language: str, text: str) -> str:
        """A text of the catalogue in this language, where it is not a template that says it."""
        return translations(language).gettext(text)

    def routes(self) -> list[web.RouteDef]:
        return [web.get(FILE_NAME, self.file)]

    async def file(self, request: web.Request) -> web.StreamResponse:
        """GET /staff/static/<name>: styles, scripts and pictures of all rooms; the name has no slash and no dots."""
        for room in self._rooms:
            path = room / "static" / request.match_info["name"]
            if path.is_file():
                return web.FileResponse(path, headers={**secure_headers(), "Cache-Control": "no-cache"})
        raise web.HTTPNotFound

    def _environment(self, language: str) -> jinja2.Environment:
        folders = [room / "templates" for room in self._rooms]
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folders),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
        environment.filters.update(filters(language))
        return environment


def language_asked(request: web.Request, offered: Iterable[str] = LANGUAGES) -> str:
    """What the address says (?lang=), else the first language of ours that the browser asks for, else English."""
    wanted = re.findall(r"[a-z]{2}", request.headers.get("Accept-Language", ""))
    return next((one for one in [request.query.get("lang", ""), *wanted] if one in offered), "en")
