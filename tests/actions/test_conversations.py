"""Not understood, and the shopper's language."""

import pytest

from crm_store import conversations
from crm_store.conversations import Line
from crm_store.models import Conversation


async def test_what_was_not_understood_offers_the_two_likeliest_meanings(rasa):
    ranking = ["nlu_fallback", "out_of_scope", "list_orders", "greet", "ask_for_person", "ask_help"]
    _, result = await rasa.run("action_not_understood", intent="nlu_fallback", ranking=ranking)
    (response,) = result["responses"]
    assert response["response"] == "utter_not_understood"
    assert [c["intent"] for c in response["choices"]] == ["list_orders", "ask_for_person"]


async def test_the_second_time_in_a_row_a_person_is_offered(rasa, store):
    async with store.write() as session:
        row = await session.get_one(Conversation, rasa.conversation.id)
        await conversations.tell(session, row, Line(text="?", name="utter_not_understood"))
        await conversations.accept(session, row, text="blah", external_id="9")
    assert await rasa.said("action_not_understood", intent="nlu_fallback") == ["utter_offer_person"]


@pytest.mark.parametrize("language", ["en", "hy", "ka"])
async def test_a_language_that_is_named_is_kept(rasa, store, language):
    assert await rasa.said("action_change_language", entities={"language": language}) == [
        "utter_language_changed"
    ]
    async with store.read() as session:
        row = await session.get_one(Conversation, rasa.conversation.id)
    assert (row.language, row.language_chosen) == (language, True)


@pytest.mark.parametrize("entities", [{}, {"language": "ru"}])
async def test_without_a_language_we_speak_it_is_asked_for(rasa, entities):
    assert await rasa.said("action_change_language", entities=entities) == ["utter_which_language"]
