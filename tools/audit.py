"""Known holes in what the public server runs on (locks/public.txt), by pip-audit. Exit 1 when there are any.

pip-audit says "no known vulnerabilities" also when the advisory service knew none of the packages or did not answer.
So one package is asked for first; when nothing comes back, this says that nothing was checked and lets the build go on.
Rasa's environment is not gated: Rasa Open Source has ended, which is why it listens on loopback only (decision 0001).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

LOCK = Path("locks/public.txt")
PROBE = "aiohttp"


def audit(requirements: str) -> list[dict[str, object]]:
    """What pip-audit says of each package that it could look up; empty when it could look up none."""
    with tempfile.TemporaryDirectory() as folder:
        wanted, report = Path(folder, "requirements.txt"), Path(folder, "report.json")
        wanted.write_text(requirements)
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            "--requirement",
            str(wanted),
            "--require-hashes",
            "--disable-pip",
        ]
        options = [
            "--format",
            "json",
            "--output",
            str(report),
            "--progress-spinner",
            "off",
            "--timeout",
            "10",
        ]
        subprocess.run(command + options, capture_output=True, check=False)
        if not report.exists():
            return []
        return [
            package
            for package in json.loads(report.read_text())["dependencies"]
            if "skip_reason" not in package
        ]


def main() -> int:
    lock = LOCK.read_text()
    probe = re.search(rf"^{PROBE}==.*\n(?:    .*\n)+", lock, re.MULTILINE)
    if probe is None:
        print(f"audit: {LOCK} does not name {PROBE}", file=sys.stderr)
        return 1
    if not audit(probe[0]):
        print(
            f"audit: the advisory service cannot be reached from here; {LOCK} was not checked for known holes"
        )
        return 0
    packages = audit(lock)
    holes = [(package, hole) for package in packages for hole in package["vulns"]]  # type: ignore[attr-defined]
    for package, hole in holes:
        fixed = ", ".join(hole["fix_versions"]) or "no release yet"
        print(
            f"audit: {package['name']} {package['version']} has {hole['id']}, fixed in {fixed}",
            file=sys.stderr,
        )
    print(f"audit: {len(packages)} packages of {LOCK} looked up, {len(holes)} known holes")
    return 1 if holes or not packages else 0


if __name__ == "__main__":
    sys.exit(main())
