"""Customers as they are: in three scripts, reachable, and nobody real."""

import re
from collections import Counter
from random import Random

import phonenumbers
from email_validator import validate_email

from crm_store.demo import people
from crm_store.models import Contact, Customer, Order
from tests.crm_store.demo.reading import SCRIPTS, all_of


def test_another_seed_makes_other_customers():
    assert people.draw(Random(1)) == people.draw(Random(1)) != people.draw(Random(2))


async def test_contacts_are_valid_and_belong_to_example_domains(store):
    found = [(contact.kind, contact.value) for contact in await all_of(store, Contact)]
    for order in await all_of(store, Order):
        found += [(kind, getattr(order, kind)) for kind in ("email", "phone") if getattr(order, kind)]
    for kind, value in set(found):
        if kind == "email":
            assert validate_email(value, check_deliverability=False).normalized == value == value.lower()
            assert value.rpartition("@")[2] in ("example.am", "example.ge", "example.com")
        else:
            number = phonenumbers.parse(value)
            assert phonenumbers.is_valid_number(number)
            assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == value


async def test_few_customers_share_a_phone_and_none_an_email(store):
    shared = Counter((contact.kind, contact.value) for contact in await all_of(store, Contact))
    twice = [kind for (kind, _), customers in shared.items() if customers > 1]
    assert set(twice) == {"phone"} and len(twice) < 20


async def test_customers_write_their_names_in_three_scripts(store):
    found = await all_of(store, Customer)
    written = Counter(
        (customer.language, script)
        for customer in found
        for script, letters in SCRIPTS.items()
        if re.search(letters, customer.name)
    )
    assert sum(written.values()) == 500  # nobody mixes scripts
    assert written["hy", "hy"] > 120 and written["ka", "ka"] > 90 and written["en", "en"] > 60
    assert written["hy", "en"] > 40 and written["ka", "en"] > 30  # Armenians and Georgians in Latin letters
    assert len({customer.public_id for customer in found}) == 500
