"""The demo shop's mailbox over HTTP: there only with demo data, and what it shows is only text."""

from email.message import EmailMessage

import pytest

from bot.widget.mailbox import KEPT, Mailbox
from crm_store.models import Shop
from tests.bot.conftest import gateway  # noqa: F401
from tests.crm_store import people
from tests.crm_store.fixtures import on_sqlite


async def become_demo(store, is_demo=True):
    async with store.write() as session:
        await people.shop(session)
        (await session.get_one(Shop, 1)).is_demo = is_demo


def mail(body="your code is 123456", subject="Code"):
    made = EmailMessage()
    made["To"], made["Subject"], made["Content-Language"] = "ani@example.com", subject, "hy"
    made.set_content(body)
    return made


@on_sqlite
@pytest.mark.parametrize("language", ["en", "hy", "ka"])
async def test_the_demo_shop_shows_its_mail(gateway, store, language):  # noqa: F811
    await become_demo(store)
    async with gateway.http.get(f"{gateway.url}/demo/mailbox?lang={language}") as got:
        assert got.status == 200 and f'<html lang="{language}">' in await got.text()
        assert "no-store" in got.headers["Cache-Control"]
        assert "default-src 'none'" in got.headers["Content-Security-Policy"]


@on_sqlite
@pytest.mark.parametrize("shop", [False, True])
async def test_a_shop_that_is_no_demo_has_no_mailbox(gateway, store, shop):  # noqa: F811
    if shop:
        await become_demo(store, False)
    async with gateway.http.get(f"{gateway.url}/demo/mailbox") as got:
        assert got.status == 404


@on_sqlite
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
async def test_behind_a_proxy_nobody_is_near(gateway, store, header):  # noqa: F811
    await become_demo(store)
    async with gateway.http.get(f"{gateway.url}/demo/mailbox", headers={header: "198.51.100.1"}) as got:
        assert got.status == 404


async def test_the_newest_mails_are_kept_newest_first():
    box = Mailbox()
    for n in range(KEPT + 5):
        await box.take(mail(subject=f"Code {n}"))
    assert [m.subject for m in box.mails] == [f"Code {n}" for n in range(KEPT + 4, 4, -1)]
    assert (box.mails[0].to, box.mails[0].text) == ("ani@example.com", "your code is 123456\n")
