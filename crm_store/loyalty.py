"""Points of the shop's programme: a ledger that is only ever added to (docs/decisions on points as a ledger).

    row = await loyalty.redeem(session, customer, 200, idempotency_key=key)
    now = await loyalty.balance(session, customer)

Points are whole numbers above zero (ValueError otherwise). What writes locks the account first and stands in the
caller's transaction. Asked again with the same idempotency key it returns the row of the first time, and raises
RequestConflict when something else was asked with that key. Keys that begin with one of our words and a colon
(order:, expire:, clawback:, earn: …) are the ledger's own.

The parts: _earning and _spending write, _balance reads, _lots knows what expires when, _ledger is one account's
chain of rows, _checks proves that everything adds up.
"""

from crm_store.loyalty_balance import (
    Balance,
    Change,
    Expiring,
    balance,
    customers_with_due_expiries,
    expiring,
    explained,
    history,
    pending_that_is_due,
)
from crm_store.loyalty_checks import Break, verify
from crm_store.loyalty_earning import (
    cancel,
    confirm,
    earn,
    earn_pending,
    goodwill,
    opening,
    pending_of,
    points_for,
)
from crm_store.loyalty_ledger import account_of, lock
from crm_store.loyalty_spending import adjust, capture, claw_back, hold, post_due_expiries, redeem, release

__all__ = [
    "Balance",
    "Break",
    "Change",
    "Expiring",
    "account_of",
    "adjust",
    "balance",
    "cancel",
    "capture",
    "claw_back",
    "confirm",
    "customers_with_due_expiries",
    "earn",
    "earn_pending",
    "expiring",
    "explained",
    "goodwill",
    "history",
    "hold",
    "lock",
    "opening",
    "pending_of",
    "pending_that_is_due",
    "points_for",
    "post_due_expiries",
    "redeem",
    "release",
    "verify",
]
