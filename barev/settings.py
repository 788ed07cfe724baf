"""Every setting once: name, type, default, meaning. Environment variables with the prefix BAREV_, or a .env file."""

from __future__ import annotations

import json
import os
import re
import secrets
from datetime import time
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
LEAST_SECRET = 32


class Settings(BaseSettings):
    """What an installation can be told from outside; anything wrong is refused at start-up with a sentence."""

    model_config = SettingsConfigDict(
        env_prefix="BAREV_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    port: int = Field(8080, ge=0, le=65535, description="port of the gateway, the only public one")
    rasa_port: int = Field(5005, ge=1, le=65535, description="port of Rasa, on loopback")
    actions_port: int = Field(5055, ge=1, le=65535, description="port of the action server, on loopback")
    data_dir: Path = Field(ROOT / "var", description="where the database, models, secrets and logs lie")
    database_url: str = Field("", description="SQLAlchemy URL; empty: a SQLite file in the data directory")
    database_schema: str | None = Field(None, description="PostgreSQL schema of this installation")
    public_url: str = Field(
        "", description="address under which the world reaches the gateway; empty: loopback only"
    )
    sites: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="origins (https://shop.example) whose pages may open the chat, with commas between"
    )
    proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="addresses of reverse proxies before the gateway, with commas between; they name the visitor's",
    )
    responses_dir: Path = Field(ROOT / "data" / "responses", description="wording of the responses")
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="mail server for one-time codes, smtp://user:password@host:587 or smtps://…",
    )
    mail_from: str = Field("", description="sender of our e-mails, for example Shop <no-reply@shop.example>")
    rasa_patience: float = Field(
        300.0, gt=0, description="seconds that a message waits for Rasa to come back"
    )
    quiet_hours: str = Field(
        "21:00-09:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$",
        description="when nobody is asked for a rating, by the clock of the shop; empty: asked at any time",
    )
    messages_per_minute: int = Field(20, ge=1, description="messages a visitor may send in a minute")
    new_conversations_per_hour: int = Field(
        30, ge=1, description="new conversations from one address in an hour"
    )
    telegram_token: SecretStr | None = Field(
        None, description="token of the shop's Telegram bot, from @BotFather; empty: no Telegram"
    )
    telegram_api: str = Field(
        "https://api.telegram.org", description="base address of the Bot API; another one is for tests"
    )

    @field_validator("sites", "proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("sites")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for site in value:
            parts = urlsplit(site)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or "*" in site:
                raise ValueError(f"BAREV_SITES: {site!r} is not an origin such as https://shop.example")
        return value

    @field_validator("telegram_token")
    @classmethod
    def _is_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        if not re.fullmatch(r"\d+:[\w-]+", value.get_secret_value(), re.ASCII):
            raise ValueError(
                "BAREV_TELEGRAM_TOKEN is not a token as @BotFather gives it (digits, colon, letters)"
            )
        return value

    @field_validator("public_url")
    @classmethod
    def _is_https(cls, value: str) -> str:
        if value and not value.startswith("https://"):
            raise ValueError("BAREV_PUBLIC_URL must begin with https://")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        parts = urlsplit(url)
        if url and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
            raise ValueError("BAREV_SMTP_URL must look like smtp://user:password@host:587")
        return value

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Settings:
        if self.sends_mail and "@" not in parseaddr(self.mail_from)[1]:
            raise ValueError("BAREV_SMTP_URL needs BAREV_MAIL_FROM, the address that e-mails come from")
        return self

    @model_validator(mode="after")
    def _ports_differ(self) -> Settings:
        ports = [port for port in (self.port, self.rasa_port, self.actions_port) if port]
        if len(set(ports)) < len(ports):
            raise ValueError("BAREV_PORT, BAREV_RASA_PORT and BAREV_ACTIONS_PORT must differ")
        return self

    @property
    def database(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'barev.db'}"

    def is_quiet(self, at: time) -> bool:
        """Whether this time of the day lies in the quiet hours; the first minute does, the last does not."""
        begin, _, end = (self.quiet_hours or "00:00-00:00").partition("-")
        begins, ends = time.fromisoformat(begin), time.fromisoformat(end)
        return begins <= at < ends if begins <= ends else at >= begins or at < ends

    @property
    def sends_mail(self) -> bool:
        """Whether there is a mail server."""
        return bool(self.smtp_url.get_secret_value())

    @property
    def host(self) -> str:
        """Where the gateway listens: loopback until a public address is set."""
        return "0.0.0.0" if self.public_url else "127.0.0.1"

    @property
    def origins(self) -> frozenset[str]:
        """Origins whose pages may open a socket: the shop's sites and our own."""
        return frozenset(self.sites) | self.own_origins

    @property
    def own_origins(self) -> frozenset[str]:
        """Origins of our own pages: the only ones that desk and owner pages take anything from."""
        if self.public_url:
            return frozenset({self.public_url})
        return frozenset(f"http://{host}:{self.port}" for host in ("127.0.0.1", "localhost"))


class Secrets(BaseSettings):
    """What the processes prove themselves to each other with; made once, kept readable by their owner only."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    rasa: str = Field(min_length=LEAST_SECRET)
    actions: str = Field(min_length=LEAST_SECRET)
    codes: str = Field(min_length=LEAST_SECRET)
    metrics: str = Field(min_length=LEAST_SECRET)  #: bearer token of /metrics where there is a public address
    staff: str = Field(min_length=LEAST_SECRET)  #: by which the devices of staff are known again
    telegram: str = Field(min_length=LEAST_SECRET)  #: by which Telegram's webhook calls are known


def load_settings() -> Settings:
    """The settings of this process; raises pydantic's ValidationError, whose messages are sentences."""
    return Settings()


def load_secrets(settings: Settings) -> Secrets:
    """The secrets of this installation from `secrets.json` in the data directory.

    Made at the first start; what a newer version wants besides is added.
    """
    path = settings.data_dir / "secrets.json"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=_owner_only) as new:
            json.dump(_fresh_secrets(), new)
    except FileExistsError:
        pass
    known = json.loads(path.read_text())
    if Secrets.model_fields.keys() - known.keys():
        known = _fresh_secrets() | known
        beside = path.with_suffix(".new")
        with open(beside, "w", opener=_owner_only) as new:
            json.dump(known, new)
        os.replace(beside, path)
    return Secrets(**known)


def _fresh_secrets() -> dict[str, str]:
    return {name: secrets.token_urlsafe(32) for name in Secrets.model_fields}


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
