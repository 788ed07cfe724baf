"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from barev.cli.launch.children import RASA_PYTHON

OURS = ("aiohttp", "sqlalchemy", "rasa-sdk")
RASAS = ("rasa", "jsonschema", "tensorflow", "scikit-learn")


@dataclass(frozen=True)
class Machine:
    """The machine, how busy it was before the run, and the versions that matter."""

    date: str
    processor: str
    cores: int
    memory: float  #: GiB
    load: float  #: processes that wanted to run, mean of the minute before
    versions: dict[str, str]


def describe() -> Machine:
    return Machine(
        date=datetime.now(UTC).strftime("%Y-%m-%d"),
        processor=_processor(),
        cores=psutil.cpu_count() or 1,
        memory=psutil.virtual_memory().total / 2**30,
        load=os.getloadavg()[0],
        versions={
            "Python": platform.python_version(),
            **{name: version(name) for name in OURS},
            **_rasas_versions(),
        },
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _rasas_versions() -> dict[str, str]:
    code = "import importlib.metadata as m, sys; print(*(m.version(name) for name in sys.argv[1:]))"
    answer = subprocess.run([RASA_PYTHON, "-c", code, *RASAS], capture_output=True, text=True, check=True)
    return dict(zip(RASAS, answer.stdout.split(), strict=True))
