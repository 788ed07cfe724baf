"""`barev demo` fills an empty database once, tells it without changing anything, and leaves others alone."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pytest
from rich.console import Console

from barev import clock
from barev.cli import demo
from barev.cli.errors import Refused
from barev.cli.launch import database
from barev.settings import Settings
from crm_store.db import open_store
from crm_store.models import Shop


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, public_url="")


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=120)


async def test_an_empty_database_is_filled_once_and_told(settings: Settings, console: Console) -> None:
    await database.prepare(settings)
    first = await demo.fill_if_empty(settings, console)
    assert first == await demo.fill_if_empty(settings, console) == await demo.told(settings)
    assert first is not None
    assert [shopper["language"] for shopper in first["shoppers"]] == ["hy", "ka", "en"]
    assert set(first["shoppers"][0]) == {"name", "language", "email", "phone", "points", "orders"}
    kept = settings.data_dir / demo.PASSWORDS
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert {one["email"]: one["password"] for one in first["staff"]} == json.loads(kept.read_text())[
        "passwords"
    ]

    demo.show(console, settings, first)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert f"http://127.0.0.1:{settings.port}/shop" in shown
    assert f"http://127.0.0.1:{settings.port}/staff/sign-in" in shown and demo.PASSWORDS in shown
    assert not any(one["password"] in shown for one in first["staff"])
    for shopper in first["shoppers"]:
        assert shopper["email"] in shown and shopper["orders"][0]["number"] in shown

    with pytest.raises(Refused, match="holds the demo shop"):  # its sign-ins are known to everybody
        await database.prepare(Settings(data_dir=settings.data_dir, public_url="https://shop.example"))


async def test_telling_makes_no_database(settings: Settings) -> None:
    with pytest.raises(Refused, match=r"^There is no demo shop in .*barev\.db;"):
        await demo.told(settings)
    assert list(settings.data_dir.iterdir()) == []


async def test_a_shop_of_its_own_is_left_alone(settings: Settings, console: Console) -> None:
    await database.prepare(settings)
    store = open_store(settings.database)
    async with store.write() as session:
        session.add(
            Shop(
                name="Own",
                currency="AMD",
                time_zone="Asia/Yerevan",
                languages=["hy"],
                default_language="hy",
                created_at=clock.now(),
            )
        )
    await store.close()
    assert await demo.fill_if_empty(settings, console) is None
    with pytest.raises(Refused, match="has a shop of its own"):
        await demo.filled(settings, console)
    with pytest.raises(Refused, match="is not the demo shop"):
        await demo.emptied_and_filled(settings, console)


async def test_nothing_is_made_up_where_the_world_can_reach_it(tmp_path: Path, console: Console) -> None:
    public = Settings(data_dir=tmp_path, public_url="https://shop.example")
    await database.prepare(public)
    assert await demo.fill_if_empty(public, console) is None
    with pytest.raises(Refused):
        await demo.told(public)


async def test_a_demo_in_use_is_not_thrown_away(settings: Settings, console: Console) -> None:
    with demo.only_gateway(settings), pytest.raises(Refused, match="Another gateway"):
        await demo.emptied_and_filled(settings, console)
