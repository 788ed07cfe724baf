"""The demo shop: customers, products, eighteen months of orders and points, and staff; the same for a seed."""

from crm_store.demo.filling import Demo, NotEmpty, describe, fill, is_filled
from crm_store.demo.resetting import NotDemo, reset
from crm_store.demo.staff import read_passwords, write_passwords

__all__ = [
    "Demo",
    "NotDemo",
    "NotEmpty",
    "describe",
    "fill",
    "is_filled",
    "read_passwords",
    "reset",
    "write_passwords",
]
