"""Known holes fail the build; an advisory service that does not answer is said, not taken for a clean bill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from barev.settings import ROOT

FAKE = """import sys
from pathlib import Path
report = {report!r}
if report:
    Path(sys.argv[sys.argv.index("--output") + 1]).write_text(report)
sys.exit(1)
"""
WELL: dict[str, Any] = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
HOLE = {"id": "GHSA-1", "fix_versions": ["3.14.6"]}


def audit(folder: Path, dependencies: list[dict[str, Any]] | None) -> subprocess.CompletedProcess[str]:
    """tools/audit.py with a pip-audit that answers this; None: it fails and answers nothing."""
    report = "" if dependencies is None else json.dumps({"dependencies": dependencies})
    (folder / "pip_audit.py").write_text(FAKE.format(report=report))
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "audit.py"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_packages_without_holes_pass(tmp_path: Path) -> None:
    done = audit(tmp_path, [WELL])
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 packages of locks/public.txt looked up, 0 known holes" in done.stdout


def test_a_known_hole_fails_and_is_named(tmp_path: Path) -> None:
    done = audit(tmp_path, [{**WELL, "vulns": [HOLE]}])
    assert done.returncode == 1
    assert "aiohttp 3.14.5 has GHSA-1, fixed in 3.14.6" in done.stderr


def test_a_service_that_does_not_answer_is_said_in_one_line(tmp_path: Path) -> None:
    unknown = {"name": "aiohttp", "skip_reason": "Dependency not found"}
    for answer in ([unknown], None):
        done = audit(tmp_path, answer)
        assert done.returncode == 0
        assert done.stdout.count("\n") == 1 and "was not checked" in done.stdout
