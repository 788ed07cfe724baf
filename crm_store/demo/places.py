"""Addresses and phone numbers that look right and belong to nobody in particular."""

from __future__ import annotations

from random import Random

from crm_store.demo.drawn import data

MOBILE = {
    "armenia": ("+37433", "+37441", "+37443", "+37444", "+37449", "+37455", "+37477", "+37491", "+37493", "+37494",
                "+37495", "+37496", "+37498", "+37499"),
    "georgia": ("+995551", "+995555", "+995557", "+995558", "+995568", "+995571", "+995574", "+995577", "+995579",
                "+995591", "+995592", "+995593", "+995595", "+995597", "+995598", "+995599"),
}  # fmt: skip
"""Prefixes of operators; neither country keeps a range for fiction, so ours all go on with 000."""
ABROAD = ("+1818", "+1559", "+1617", "+1718")
"""American numbers go on with 555 01, which is kept for fiction."""


def phone(chance: Random, home: str) -> str:
    """A mobile number in E.164."""
    if home == "abroad":
        return f"{chance.choice(ABROAD)}55501{chance.randrange(100):02}"
    # Numbers below 200 are left to the shoppers to try.
    return f"{chance.choice(MOBILE[home])}000{chance.randrange(200, 1000)}"


def address(chance: Random, home: str, *, latin: bool) -> str:
    """One line as it is written on a parcel: in the country's own letters, or in Latin ones."""
    towns = data("places")[home]
    town = chance.choices(towns, [town.get("weight", 1) for town in towns])[0]
    street, house, flat = chance.choice(town["streets"]), chance.randint(1, 90), chance.randint(1, 60)
    if home == "abroad":
        return f"{house * 10 + 3} {street}, Apt {flat}, {town['city']}"
    place = [part.strip() for part in town["city"].split("|")]
    street = [part.strip() for part in street.split("|")]
    if latin:
        return f"{house} {street[1]}, apt {flat}, {place[1]}"
    flat_word = {"armenia": "բն.", "georgia": "ბ."}[home]
    return f"{place[0]}, {street[0]} {house}, {flat_word} {flat}"


def pickup_point(chance: Random, home: str, language: str) -> str | None:
    """The address of a pick-up point in the customer's language; None where there is none."""
    points = [point for point in data("places")["pickup"] if point["home"] == home]
    return str(chance.choice(points)[language]) if points else None
