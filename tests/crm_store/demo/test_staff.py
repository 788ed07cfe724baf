"""Staff can sign in, and their passwords are kept safe."""

import stat
from collections import Counter
from pathlib import Path

from argon2 import PasswordHasher

from crm_store import demo
from crm_store.models import Staff
from tests.crm_store.demo.reading import PASSWORDS, all_of


async def test_staff_sign_in_with_the_passwords_and_known_ones_are_kept(store, filled):
    passwords = filled[1].passwords
    members = await all_of(store, Staff)
    assert Counter(member.role for member in members) == {"agent": 2, "lead": 1, "owner": 1}
    for member in members:
        assert member.password_hash.startswith("$argon2id$")
        assert PasswordHasher().verify(member.password_hash, passwords[member.email])
    assert passwords.items() >= PASSWORDS.items()
    assert len(set(passwords.values())) == 4 and min(map(len, passwords.values())) >= 15


def test_passwords_are_kept_where_only_their_owner_reads_them(tmp_path: Path):
    path = tmp_path / "var" / "demo.json"
    assert demo.read_passwords(path) == {}
    demo.write_passwords(path, {"a@example.com": "old"})
    path.chmod(0o644)
    demo.write_passwords(path, PASSWORDS)
    assert demo.read_passwords(path) == PASSWORDS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["demo.json"]
