"""The action server on loopback: our own small application, because rasa_sdk's has no secret and wants a domain."""

from __future__ import annotations

import hmac

from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.base import BarevAction, FormCheck
from actions.conversations import ChangeLanguage, NotUnderstood
from actions.feedback import Complaint, GiveFeedback, RecordComment
from actions.handoffs import HandOff, WithdrawHandoff
from actions.identity import AskContact, ConfirmForm, SendCode
from actions.loyalty import HowToEarn, PointsBalance, PointsExpiry, PointsHistory
from actions.orders import CorrectOrder, ExplainSlot, ListOrders, OrderForm, OrderStatus, StopOrder
from actions.shop import ShopFact
from crm_store.db import Store

ACTIONS: tuple[type[BarevAction | FormCheck], ...] = (
    AskContact,
    ChangeLanguage,
    Complaint,
    ConfirmForm,
    CorrectOrder,
    ExplainSlot,
    GiveFeedback,
    HandOff,
    HowToEarn,
    ListOrders,
    NotUnderstood,
    OrderForm,
    OrderStatus,
    PointsBalance,
    PointsExpiry,
    PointsHistory,
    RecordComment,
    SendCode,
    ShopFact,
    StopOrder,
    WithdrawHandoff,
)
LARGEST_CALL = 4 * 1024 * 1024
SECRET = "X-Barev-Secret"

executor_key = web.AppKey("executor", ActionExecutor)
secret_key = web.AppKey("secret", bytes)


def make_app(store: Store, *, secret: str, sends_mail: bool = False) -> web.Application:
    """The server over this store; every call must carry the secret. `sends_mail`: one-time codes can be sent."""
    executor = ActionExecutor()
    for action in ACTIONS:
        executor.register_action(action(store, sends_mail=sends_mail))
    app = web.Application(client_max_size=LARGEST_CALL)
    app[executor_key] = executor
    app[secret_key] = secret.encode()
    app.router.add_post("/webhook", run_action)
    app.router.add_get("/health", healthy)
    return app


async def run_action(request: web.Request) -> web.Response:
    """Rasa asks for one action; 400 where the action refuses, so that Rasa may choose another."""
    if not hmac.compare_digest(request.headers.get(SECRET, "").encode(), request.app[secret_key]):
        return web.json_response({"error": "wrong secret"}, status=401)
    call = await request.json()
    call["domain"] = call.get("domain") or {}
    try:
        result = await request.app[executor_key].run(call)
    except ActionExecutionRejection as refusal:
        return web.json_response({"error": str(refusal), "action_name": refusal.action_name}, status=400)
    return web.json_response(result.model_dump() if result else {})


async def healthy(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})
