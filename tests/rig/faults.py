"""Which part fails in which conversation: a small file that a test writes and the processes under test read.

Standard library only and Python 3.10: Rasa's side reads it too (tests/rig/faulty_rasa.py).
"""

from __future__ import annotations

import json
import os
from pathlib import Path

FAULTS_FILE = "BAREV_TEST_FAULTS"
"""Environment variable with the path of the file: {"<public id of a conversation>": "<part>[ once]"}."""

ONCE = " once"

_struck: dict[str, int] = {}


def inject(path: Path, faults: dict[str, str]) -> None:
    """From now on these conversations have these faults, and no other has one."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(faults))
    os.replace(beside, path)  # nobody ever reads half of it


def strikes(sender: str, part: str) -> bool:
    """Whether this part fails now for Rasa's sender "<public id>.<n>"; a fault that strikes once is used up by it."""
    path = Path(os.environ[FAULTS_FILE])
    if not path.exists():
        return False
    fault = json.loads(path.read_text()).get(sender.rpartition(".")[0], "")
    if fault.removesuffix(ONCE) != part:
        return False
    key = f"{sender} {part}"
    _struck[key] = _struck.get(key, 0) + 1
    return _struck[key] == 1 or not fault.endswith(ONCE)
