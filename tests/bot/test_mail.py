"""Codes by e-mail, through a real mail server: sent once, tried again, and never anywhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from pydantic import ValidationError
from sqlalchemy import select
from structlog.testing import capture_logs

from barev.settings import ROOT, Settings
from bot.mail import CodeMail, smtp_of
from bot.rendering import Rendering
from crm_store import conversations, identity_codes
from crm_store.models import CodeChallenge, Conversation, Shop
from tests.crm_store import people
from tests.rig.mail_server import Postbox, mail_server

SECRET = "s" * 40
SENDER = "Tatev & Tamar <no-reply@shop.example>"


@pytest.fixture
async def postbox() -> AsyncIterator[tuple[Postbox, str]]:
    """A mail server that wants a password, and its address."""

    def sign_in(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"barev", b"p@ss/word"))

    lax = {"authenticator": sign_in, "auth_required": True, "auth_require_tls": False}
    async with mail_server(**lax) as (box, port):
        yield box, f"smtp://barev:p%40ss%2Fword@127.0.0.1:{port}"


@pytest.fixture
async def talk(store) -> Conversation:
    async with store.write() as session:
        await people.shop(session)
        await people.others(session)
        await people.ani(session)
        talk = await conversations.start(session, channel="website", address="ani", language="hy")
    return talk


async def ask(store, talk, contact="ani@example.com") -> str:
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        challenge = await identity_codes.ask_code(session, row, contact=contact, wanted=None)
    return identity_codes.code_of(challenge, SECRET)


def mail_of(store, smtp_url="", mailbox=None) -> CodeMail:
    settings = Settings(_env_file=None, smtp_url=smtp_url, mail_from=SENDER if smtp_url else "")
    return CodeMail(
        store,
        Rendering(ROOT / "data/responses"),
        secret=SECRET,
        sender=settings.mail_from,
        smtp=smtp_of(settings),
        mailbox=mailbox,
    )


async def test_a_code_goes_to_its_address_in_the_language_of_the_conversation_once(store, talk, postbox):
    box, url = postbox
    code = await ask(store, talk)
    mail = mail_of(store, url)
    await asyncio.gather(mail.send_waiting(), mail_of(store, url).send_waiting())
    await mail.send_waiting()
    (sent,) = box.mails
    assert (sent["To"], sent["From"]) == ("ani@example.com", SENDER)
    assert sent["Auto-Submitted"] == "auto-generated" and sent.get_content_type() == "text/plain"
    assert f"Ձեր ծածկագիրն է՝ {code}\n" in sent.get_content() and "Demo" in sent["Subject"]
    assert code not in sent["Subject"]
    async with store.read() as session:
        assert (await session.scalars(select(CodeChallenge))).one().sent_at is not None


async def test_nothing_is_sent_for_an_address_that_nobody_has(store, talk, postbox):
    box, url = postbox
    await ask(store, talk, "nobody@example.com")
    await mail_of(store, url).send_waiting()
    assert box.mails == []


async def test_an_address_of_several_customers_gets_no_code_but_hears_what_to_do(store, talk, postbox):
    box, url = postbox
    async with store.write() as session:
        await people.person(session, "Aram", language="hy", email="ani@example.com", phone="+37400000004")
    code = await ask(store, talk)
    await mail_of(store, url).send_waiting()
    (sent,) = box.mails
    assert sent["To"] == "ani@example.com" and sent["Subject"] == "Demo․ Ձեր զրույցի մասին"
    assert "այս նամակում ծածկագիր չկա" in sent.get_content() and code not in sent.get_content()


async def test_what_the_server_refuses_is_tried_again_later_and_holds_up_nobody(
    store, talk, postbox, move_clock
):
    box, url = postbox
    box.refuse = ["451 try again later"]
    code = await ask(store, talk)
    mail = mail_of(store, url)
    with capture_logs() as logs:
        await mail.send_waiting()
        await mail.send_waiting()
    assert box.mails == []
    assert logs == [
        {"event": "a code could not be sent", "kind": "SMTPDataError", "answer": 451, "log_level": "warning"}
    ]
    assert code not in repr(logs)
    await ask(store, talk, "gor@example.com")
    await mail.send_waiting()
    assert [m["To"] for m in box.mails] == ["gor@example.com"]
    move_clock(timedelta(seconds=3))
    await mail.send_waiting()
    assert [m["To"] for m in box.mails] == ["gor@example.com", "ani@example.com"]


async def test_a_server_that_is_away_or_refuses_the_password_loses_nothing(store, talk, postbox, move_clock):
    box, url = postbox
    await ask(store, talk)
    await mail_of(store, "smtp://127.0.0.1:9").send_waiting()
    move_clock(timedelta(seconds=3))
    await mail_of(store, url.replace("barev:p", "barev:wrong")).send_waiting()
    move_clock(timedelta(seconds=10))
    await mail_of(store, url).send_waiting()
    assert len(box.mails) == 1


async def test_without_a_mail_server_only_the_demo_shop_has_a_mailbox(store, talk):
    taken = []

    async def take(mail):
        taken.append(mail)

    code = await ask(store, talk)
    mail = mail_of(store, mailbox=take)
    await mail.send_waiting()
    assert taken == []
    async with store.write() as session:
        (await session.get_one(Shop, 1)).is_demo = True
    await mail.send_waiting()
    assert code in taken[0].get_content()


@pytest.mark.parametrize(
    "wrong",
    [
        {"smtp_url": "http://mail.example"},
        {"smtp_url": "smtp://"},
        {"smtp_url": "smtp://127.0.0.1", "mail_from": "x"},
    ],
)
def test_a_wrong_mail_setting_is_refused(wrong):
    with pytest.raises(ValidationError):
        Settings(_env_file=None, **{"mail_from": SENDER, **wrong})


def test_the_password_of_the_mail_server_is_not_shown():
    settings = Settings(_env_file=None, smtp_url="smtp://barev:geheim@127.0.0.1", mail_from=SENDER)
    assert "geheim" not in repr(settings) + str(settings)
