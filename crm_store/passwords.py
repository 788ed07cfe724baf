"""Passwords: which are good enough, their argon2id hashes, and judging one without keeping the event loop waiting."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from crm_store.common_passwords import is_common
from crm_store.errors import WeakPassword

LEAST, MOST = 12, 128
"""Characters. The most is far above what anybody types, and bounds the work."""
FEW = 5
"""So many different characters are too few."""

_hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
NOBODYS = "$argon2id$v=19$m=32768,t=2,p=1$0eGjrtBiOIjrxvMW6L7zIg$rJTo1bq5a6QgNlpL84ogTpPZOpC2S/xVDbXESMmNmMI"
"""A hash like the others, of a password nobody has: an unknown person's password is judged by it, to take as long."""

# One thread: several sign-ins at once wait for each other, and never for more than one of our cores.
_beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="passwords")


def good_enough(password: str, *, not_like: tuple[str, ...] = ()) -> str:
    """The password. Raises WeakPassword: too short, too long, few different characters, one of these words, or what
    everybody tries first."""
    small = password.casefold()
    words = [word.casefold() for word in not_like if len(word) > 3]
    too_plain = len(set(small)) < FEW or any(word in small for word in words)
    if not LEAST <= len(password) <= MOST or too_plain or is_common(password):
        raise WeakPassword
    return password


def random_password() -> str:
    """One that is typed once: 16 letters and digits, with dashes to read it by."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


async def hashed(password: str) -> str:
    """The argon2id hash that is stored."""
    return await asyncio.get_running_loop().run_in_executor(_beside, _hasher.hash, password)


async def is_right(password_hash: str | None, password: str) -> bool:
    """Whether it is the password of this hash; without a hash it takes as long and is not."""
    judged = await asyncio.get_running_loop().run_in_executor(
        _beside, _judge, password_hash or NOBODYS, password[: MOST + 1]
    )
    return judged and password_hash is not None


def _judge(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
