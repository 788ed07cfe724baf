"""All tables, one file per subject; importing this knows them all."""

from crm_store.models.audit import AuditRow
from crm_store.models.base import Base
from crm_store.models.conversations import (
    ActionRun,
    Button,
    Conversation,
    Delivery,
    Episode,
    Message,
    VisitorToken,
)
from crm_store.models.customers import ChannelIdentity, Contact, Customer
from crm_store.models.feedback import FeedbackRequest, Rating
from crm_store.models.handoffs import Handoff
from crm_store.models.identity import Assurance, CodeChallenge, GuessCount
from crm_store.models.loyalty import PointsAccount, PointsAllocation, PointsRow
from crm_store.models.orders import Order, OrderChange, OrderLine, Product
from crm_store.models.shop import ClosedDay, OpeningHours, Programme, Shop, ShopFact, ShopText
from crm_store.models.staff import Staff, StaffSession
from crm_store.models.telegram import TelegramUpdate

__all__ = [
    "ActionRun",
    "Assurance",
    "AuditRow",
    "Base",
    "Button",
    "ChannelIdentity",
    "ClosedDay",
    "CodeChallenge",
    "Contact",
    "Conversation",
    "Customer",
    "Delivery",
    "Episode",
    "FeedbackRequest",
    "GuessCount",
    "Handoff",
    "Message",
    "OpeningHours",
    "Order",
    "OrderChange",
    "OrderLine",
    "PointsAccount",
    "PointsAllocation",
    "PointsRow",
    "Product",
    "Programme",
    "Rating",
    "Shop",
    "ShopFact",
    "ShopText",
    "Staff",
    "StaffSession",
    "TelegramUpdate",
    "VisitorToken",
]
