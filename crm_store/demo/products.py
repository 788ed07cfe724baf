"""The catalogue: 200 things that a shop of this kind sells."""

from __future__ import annotations

from crm_store.demo.drawn import data
from crm_store.demo.rows import Row, Rows
from crm_store.models import Product

MINOR_UNITS = 100
"""ISO 4217 gives the dram two decimals, although nobody has seen a luma for years."""


def fill(rows: Rows) -> list[Row]:
    """All products, priced in whole drams."""
    for category, things in data("products").items():
        for number, thing in enumerate(things, start=1):
            rows.add(
                Product,
                sku=f"{category[:3].upper()}-{number:03}",
                titles={language: thing[language] for language in ("en", "hy", "ka")},
                category=category,
                price=thing["price"] * MINOR_UNITS,
            )
    return rows.of(Product)
