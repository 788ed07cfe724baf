"""One open desk: what its agent does, and what is new in the list and in the conversation they look at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import WSMsgType, web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import deeds, shown
from bot.desk.frames import (
    Answer,
    Close,
    Frame,
    GiveBack,
    History,
    Open,
    Read,
    Resolve,
    Reveal,
    Take,
    Typing,
    read_frame,
)
from bot.desk.view import View, may_open, may_see
from bot.frames import BadFrame
from bot.live import EVERYTHING, Live, Woken
from bot.rendering import Rendering
from bot.sign_in.guard import SIGNED_OUT
from bot.sign_in.staff import hold_session, still_signed_in, used
from crm_store import conversations, handoffs, handoffs_customer, handoffs_list
from crm_store.db import Store
from crm_store.errors import AlreadyTaken, NotFound, NotYours, SignedOut
from crm_store.models import Conversation, Staff

LOOK_AGAIN_SECONDS = 15.0
"""The floor under being woken: a wake from another gateway may get lost."""
REST_SECONDS = 0.1
"""Between two looks: what came meanwhile is shown together."""
SEND_SECONDS = 30.0
BY_HAND = (Take, Answer, Typing, GiveBack, Resolve, Reveal)
"""What only a person does; all else a page that nobody looks at sends too, and keeps no session alive."""

log = structlog.get_logger()


@dataclass
class Seat:
    """Everything it shows is read from the store; kept here is only what the desk has on screen."""

    socket: web.WebSocketResponse
    request: web.Request
    staff: Staff
    store: Store
    rendering: Rendering
    live: Live
    changed: Callable[[int], None]
    moved: Callable[[int], None]
    types: Callable[[int, str], None]
    _view: View | None = None
    _list: list[dict[str, Any]] | None = None
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Until the agent goes: frames in, news out."""
        woken = self.live.join(EVERYTHING)
        pusher = asyncio.create_task(self._push(woken))
        try:
            woken.set()
            async for received in self.socket:
                if received.type is WSMsgType.TEXT:
                    await self._take(received.data)
                elif received.type is WSMsgType.BINARY:
                    await self._error(BadFrame("bad_frame"))
        finally:
            self.live.leave(EVERYTHING, woken)
            pusher.cancel()
            await asyncio.gather(pusher, return_exceptions=True)

    async def _push(self, woken: Woken) -> None:
        """Whenever woken: the conversation on screen first, then the list if it has changed."""
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), LOOK_AGAIN_SECONDS)
                typing = woken.look()
                async with self._sending:
                    async with self.store.read() as session:
                        frames = await self._view.news(session, typing) if self._view else []
                        rows = [shown.listed(row) for row in await handoffs_list.listed(session, self.staff)]
                    for frame in frames:
                        await self._send(frame)
                    if rows != self._list:
                        self._list = rows
                        await self._send({"type": "list", "rows": rows})
                await asyncio.sleep(REST_SECONDS)
        except Exception as error:
            log.warning("desk let go", staff=self.staff.public_id, error=type(error).__name__)
            await self.socket.close(code=1012, message=b"come back")

    async def _take(self, data: str) -> None:
        about = id_ = None
        try:
            frame = read_frame(data)
            about, id_ = getattr(frame, "conversation", None), getattr(frame, "id", None)
            if not await (used if isinstance(frame, BY_HAND) else still_signed_in)(self.request):
                raise SignedOut(self.staff.public_id)
            async with self._sending:  # nothing newer is shown before what this frame is answered with
                await self._do(frame)
        except SignedOut:
            await self.socket.close(code=SIGNED_OUT, message=b"signed out")
        except BadFrame as bad:
            await self._error(bad, about)
        except AlreadyTaken as taken:
            await self._error(BadFrame("already_taken"), about, by=taken.by)
        except NotYours:
            await self._error(BadFrame("not_yours", id_), about)
        except NotFound:
            await self._error(BadFrame("not_found", id_), about)

    async def _do(self, frame: Frame) -> None:
        match frame:
            case Open():
                await self._open(frame)
            case Close():
                self._view = None
            case History():
                await self._history(frame)
            case Reveal():
                await self._reveal(frame)
            case Typing():
                async with self.store.read() as session:
                    conversation = await self._conversation(session, frame.conversation)
                    request = await handoffs.open_one(session, conversation)
                if request is None or request.staff_id != self.staff.id:
                    raise NotYours(conversation.public_id)
                self.types(conversation.id, "agent")
            case _:
                await self._act(frame)

    async def _act(self, frame: Take | Answer | Read | GiveBack | Resolve) -> None:
        """Change something, in one commit; then everybody looks."""
        message = None
        async with self.store.write() as session:
            await hold_session(self.request, session)
            conversation = await self._conversation(session, frame.conversation)
            match frame:
                case Take():
                    await deeds.take(session, self.rendering, conversation, self.staff)
                case Answer(id=client_id, text=text):
                    message = await deeds.answer(session, conversation, self.staff, text, client_id=client_id)
                case Read(seq=seq):
                    await handoffs.see(session, conversation, self.staff, seq=seq)
                case GiveBack():
                    await deeds.give_back(session, self.rendering, conversation, self.staff)
                case Resolve():
                    await deeds.resolve(session, self.rendering, conversation, self.staff)
            moved = [] if message or isinstance(frame, Read) else await _queue(session)
        if message and isinstance(frame, Answer):
            await self._send({"type": "ack", "id": frame.id, "seq": message.seq})
        self.changed(conversation.id)
        for conversation_id in moved:
            self.moved(conversation_id)

    async def _open(self, frame: Open) -> None:
        async with self.store.read() as session:
            conversation = await self._visible(session, frame.conversation)
            self._view = View(conversation, self.staff, self.rendering)
            whole = await self._view.whole(session, frame.last_seq)
        await self._send(whole)

    async def _history(self, frame: History) -> None:
        async with self.store.read() as session:
            conversation = await self._visible(session, frame.conversation)
            older = await conversations.transcript(session, conversation, before=frame.before)
            reader = await shown.reader(session, self.rendering, self.staff.language)
            lines = await shown.lines(session, reader, older)
        await self._send({"type": "history", "conversation": frame.conversation, "messages": lines})

    async def _reveal(self, frame: Reveal) -> None:
        async with self.store.write() as session:
            await hold_session(self.request, session)
            conversation = await self._visible(session, frame.conversation)
            if not may_open(self.staff, await handoffs.open_one(session, conversation)):
                raise NotYours(conversation.public_id)
            known = await handoffs_customer.open_anyway(
                session, conversation, self.staff, reason=frame.reason
            )
            card = (await shown.reader(session, self.rendering, self.staff.language)).card(known)
        if self._view and self._view.conversation.id == conversation.id:
            self._view.opened = True
        await self._send({"type": "card", "conversation": frame.conversation, "card": card})

    async def _visible(self, session: AsyncSession, public_id: str) -> Conversation:
        """One that this member of staff may read; NotFound where there is none, told like one that they may not."""
        conversation = await self._conversation(session, public_id)
        if not may_see(self.staff, await handoffs.open_one(session, conversation)):
            raise NotFound(public_id)
        return conversation

    async def _conversation(self, session: AsyncSession, public_id: str) -> Conversation:
        conversation = await conversations.by_public_id(session, public_id)
        if conversation is None:
            raise NotFound(public_id)
        return conversation

    async def _error(self, bad: BadFrame, about: str | None = None, by: str | None = None) -> None:
        await self._send(
            {"type": "error", "code": bad.code, "id": bad.about, "conversation": about, "by": by}
        )

    async def _send(self, frame: dict[str, Any]) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await self.socket.send_json(frame)


async def _queue(session: AsyncSession) -> list[int]:
    """Whose place in the queue may have changed: their shoppers are told."""
    return await handoffs_list.waiting_conversations(session)
