"""Five hundred customers: who they are, how they can be reached and where their parcels go."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from crm_store.demo import places
from crm_store.demo.drawn import data, public_id, utc
from crm_store.demo.rows import Rows
from crm_store.models import Contact, Customer

CUSTOMERS = 500
IN_LATIN = 0.3
"""This share of Armenians and Georgians gives name and address in Latin letters."""
GROUPS = {"hy": 0.46, "ka": 0.34, "expats": 0.09, "diaspora": 0.06, "world": 0.05}
MAIL = {"hy": "example.am", "ka": "example.ge", "en": "example.com"}
MAIL_ELSEWHERE = 0.3


@dataclass(frozen=True)
class Person:
    """A customer to be: `key` of the row there will be, `home` is where parcels go to."""

    key: int
    name: str
    language: str
    home: str
    address: str
    email: str | None
    phone: str | None


def draw(chance: Random) -> list[Person]:
    """The three shoppers to try, then everybody else; e-mail addresses are unique, some families share a phone."""
    shoppers = [_shopper(key, entry) for key, entry in enumerate(data("shoppers"), start=1)]
    mails = {person.email for person in shoppers}
    names = {person.name for person in shoppers}
    everybody = list(shoppers)
    for name, latin, language, home in _names(chance):
        if len(everybody) == CUSTOMERS:
            break
        if name in names:
            continue  # nobody is mistaken for a shopper to try
        email = _email(chance, latin, language, mails)
        phone = places.phone(chance, home)
        if chance.random() < 0.02 and everybody[-1] not in shoppers and everybody[-1].home == home:
            phone = everybody[-1].phone or phone
        reachable_by = chance.random()
        everybody.append(
            Person(
                key=len(everybody) + 1,
                name=name,
                language=language,
                home=home,
                address=places.address(chance, home, latin=name == latin),
                email=None if reachable_by < 0.03 else email,
                phone=None if reachable_by > 0.94 else phone,
            )
        )
    return everybody


def fill(rows: Rows, chance: Random, people: list[Person], known_since: dict[int, datetime]) -> None:
    """A row for each person, and one for each way to reach them; known since their first order or another time."""
    for person in people:
        since = utc(known_since[person.key])
        customer = rows.add(
            Customer,
            public_id=public_id(chance),
            name=person.name,
            language=person.language,
            created_at=since,
        )
        for kind, value in (("email", person.email), ("phone", person.phone)):
            if value:
                confirmed = since if chance.random() < 0.4 else None
                rows.add(Contact, customer_id=customer["id"], kind=kind, value=value, confirmed_at=confirmed)


def _shopper(key: int, entry: dict[str, str]) -> Person:
    given = {name: entry[name] for name in ("name", "language", "home", "address", "email", "phone")}
    return Person(key, **given)


def _names(chance: Random) -> Iterator[tuple[str, str, str, str]]:
    """Name, its Latin form, language and home of one person after the other, without end."""
    names = data("names")
    world = chance.sample(names["world"], len(names["world"]))
    while True:
        group = chance.choices(list(GROUPS), list(GROUPS.values()))[0]
        if group in ("hy", "ka"):
            given, given_latin = chance.choice(names[group][chance.choice(("women", "men"))]).split()
            family, family_latin = chance.choice(names[group]["surnames"]).split()
            latin = f"{given_latin} {family_latin}"
            name = latin if chance.random() < IN_LATIN else f"{given} {family}"
            yield name, latin, group, "armenia" if group == "hy" else "georgia"
        else:
            if group == "world":
                if not world:
                    continue
                name = world.pop()
            else:
                name = f"{chance.choice(names[group]['given'])} {chance.choice(names[group]['surnames'])}"
            homes = {"armenia": 2, "abroad": 8} if group == "diaspora" else {"armenia": 6, "georgia": 4}
            yield name, name, "en", chance.choices(list(homes), list(homes.values()))[0]


def _email(chance: Random, latin: str, language: str, taken: set[str | None]) -> str:
    """An address made from the name, as people make theirs."""
    plain = unicodedata.normalize("NFKD", latin.lower().replace("ß", "ss"))
    given, *more = re.sub(r"[^a-z ]", "", plain).split()
    family = "".join(more)
    domain = "example.com" if chance.random() < MAIL_ELSEWHERE else MAIL[language]
    shapes = (
        f"{given}.{family}",
        f"{given}{family}",
        f"{given[0]}.{family}",
        f"{family}.{given}",
        f"{given}_{family}",
    )
    local = chance.choice(shapes)
    if chance.random() < 0.25:
        local += str(chance.randint(70, 99))
    address = f"{local}@{domain}"
    while address in taken:
        address = f"{local}{chance.randint(1, 999)}@{domain}"
    taken.add(address)
    return address
