"""What a turn asks of the database, counted: it is most of what a turn costs (docs/decisions/0008)."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, delete, event

from barev import clock
from crm_store.models import ShopText
from tests.crm_store import people
from tests.crm_store.fixtures import on_sqlite

TURNS = 5
STATEMENTS, TRANSACTIONS = 18, 5
"""Of one turn that Rasa answers with one line: taken in, shown, answered, shown."""


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that this process sends, and "begin" for each transaction."""
    seen: list[str] = []

    def sent(_connection, _cursor, statement, *_):
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    def began(_connection):
        seen.append("begin")

    event.listen(Engine, "before_cursor_execute", sent)
    event.listen(Engine, "begin", began)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", sent)
        event.remove(Engine, "begin", began)


@on_sqlite
async def test_a_turn_asks_no_more_of_the_database_than_it_must(gateway):
    client = await gateway.visitor()
    await client.say("hello")
    with counted() as seen:
        for _ in range(TURNS):
            await client.say("hello again")
    # Looking for codes to send and for what lies unanswered goes on meanwhile.
    ours = [one for one in seen if "code_challenges" not in one and "DISTINCT" not in one]
    begun = seen.count("begin") - (len(seen) - len(ours))
    assert (len(ours) - seen.count("begin")) / TURNS <= STATEMENTS
    assert begun / TURNS <= TRANSACTIONS


async def test_the_owners_words_count_from_the_next_answer_on(gateway, store):
    async with store.write() as session:
        await people.shop(session)
    client = await gateway.visitor()

    async def greeting() -> str:
        return next(f["text"] for f in await client.say("hello") if f.get("author") == "bot")

    before = await greeting()
    async with store.write() as session:
        row = ShopText(name="utter_greet", language="en", text="Good to see you!", changed_at=clock.now())
        session.add(row)
    assert await greeting() == "Good to see you!" != before
    async with store.write() as session:
        await session.execute(delete(ShopText))
    assert await greeting() == before
