"""Stores that many processes use at once."""

from tests.crm_store.fixtures import *  # noqa: F403
