"""A ledger in which everything has happened, and which goes on."""

from sqlalchemy import func, select

from barev import clock
from crm_store import loyalty
from crm_store.models import Customer, Order, PointsAccount, PointsRow
from tests.crm_store.demo.reading import all_of


async def test_the_ledger_holds_and_shows_everything_that_happens_to_points(store):
    async with store.read() as session:
        assert await loyalty.verify(session) == []
        assert not await loyalty.customers_with_due_expiries(session)
        sums = await session.execute(
            select(PointsRow.account_id, func.sum(PointsRow.points), func.sum(PointsRow.pending)).group_by(
                PointsRow.account_id
            )
        )
        summed = {account: (points, pending) for account, points, pending in sums}
        kinds = set(await session.scalars(select(PointsRow.type).distinct()))
    accounts = await all_of(store, PointsAccount)
    assert {account.id: (account.balance, account.pending) for account in accounts} == summed
    assert kinds == {"pending", "pending_cancelled", "earn", "redeem", "expire", "clawback", "goodwill"}


async def test_rows_of_an_account_lie_in_the_past_one_after_the_other(store):
    latest = {}
    for row in sorted(await all_of(store, PointsRow), key=lambda row: (row.account_id, row.number)):
        assert latest.get(row.account_id, row.at) <= row.at < clock.now()
        latest[row.account_id] = row.at


async def test_an_order_of_the_demo_does_not_earn_again(nowhere):
    order = await nowhere.scalar(select(Order).where(Order.status == "delivered").order_by(Order.id))
    customer = await nowhere.get_one(Customer, order.customer_id)
    rows = select(func.count()).select_from(PointsRow)
    before = await nowhere.scalar(rows)
    waited = await loyalty.pending_of(nowhere, order)
    again = await loyalty.earn_pending(nowhere, customer, order, points=waited.pending)
    assert (again.id, await nowhere.scalar(rows)) == (waited.id, before)
