"""`barev up` as a whole, ended before it is up: a training that fails, Ctrl-C at any step, a child that dies."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from barev.settings import ROOT
from tests.barev.cli.launch.fakes import is_alive
from tests.rig.ports import free_port

UP = """
import asyncio, sys
from pathlib import Path
from barev.cli import up
from barev.cli.launch import model
from barev.cli.main import main
from crm_store.demo.rows import Rows
from tests.barev.cli.launch.fakes import FAILS, WAITS, child

folder, fills_long = Path(sys.argv[1]), sys.argv[2] == "fills long"
model.train.__kwdefaults__["python"] = folder / "python"
insert = Rows.insert

async def long(self, session):
    await insert(self, session)
    (folder / "filling").write_text(str(len(asyncio.all_tasks())))
    await asyncio.sleep(60)

if fills_long:
    Rows.insert = long

SERVES = '''
import http.server, os, sys
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"{}")
open("gateway.pid", "w").write(str(os.getpid()))
http.server.HTTPServer(("127.0.0.1", %d), Healthy).serve_forever()
'''
NOTES = 'import os; open("actions.pid", "w").write(str(os.getpid()));' + WAITS

def fakes(settings, secrets, model):
    return [child(folder, *one) for one in (("gateway", SERVES % settings.port), ("actions", NOTES), ("rasa", FAILS))]

up.children = fakes
sys.argv = ["barev", "up"]
main()
"""
FAILS = "echo 'YamlException: line 3 of domain.yml' >&2\nexit 1\n"
TAKES_LONG = "echo $$ > {folder}/training\nexec sleep 60\n"
TRAINS = 'while [ "$1" != --out ]; do shift; done\necho model > "$2/model.tar.gz"\n'


def begun(folder: Path, training: str, how: str = "") -> subprocess.Popen[str]:
    """`barev up` with everything of its own in the folder `var`, and this script in the place of Rasa's training."""
    python = folder / "python"
    python.write_text("#!/bin/sh\n" + training.format(folder=folder))
    python.chmod(0o755)
    ports = {f"BAREV_{name}PORT": str(free_port()) for name in ("", "RASA_", "ACTIONS_")}
    return subprocess.Popen(
        [sys.executable, "-c", UP, str(folder), how],
        cwd=ROOT,
        env={**os.environ, **ports, "BAREV_DATA_DIR": str(folder / "var")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def interrupted(up: subprocess.Popen[str], when: Path) -> tuple[str, str]:
    """What it has said after a Ctrl-C as soon as this file has something in it."""
    end = time.monotonic() + 60
    while not (when.exists() and when.read_text()):
        assert up.poll() is None and time.monotonic() < end, up.communicate()
        time.sleep(0.02)
    up.send_signal(signal.SIGINT)
    return up.communicate(timeout=20)


def left(folder: Path) -> set[str]:
    """What lies in `var`, without the lock of the only gateway and the secrets, which are made once."""
    return {path.name for path in (folder / "var").iterdir()}


def test_a_failing_training_is_one_sentence_with_no_database_and_no_children(tmp_path: Path) -> None:
    up = begun(tmp_path, FAILS)
    _, said = up.communicate(timeout=60)
    assert up.returncode == 1
    assert said.count("\n") == 1 and "YamlException: line 3 of domain.yml" in said
    assert not list((tmp_path / "var").glob("barev.db")) and not list(tmp_path.glob("*.pid"))
    assert [path.name for path in (tmp_path / "var" / "logs").iterdir()] == ["train.log"]


def test_ctrl_c_during_the_training_ends_it_with_no_model_and_no_database(tmp_path: Path) -> None:
    up = begun(tmp_path, TAKES_LONG)
    _, said = interrupted(up, tmp_path / "training")
    assert (up.returncode, said) == (0, "")
    assert not is_alive(int((tmp_path / "training").read_text()))
    assert "barev.db" not in left(tmp_path)
    assert [path.name for path in (tmp_path / "var" / "models").iterdir()] == [".lock"]


def test_ctrl_c_during_the_filling_leaves_no_half_a_shop(tmp_path: Path) -> None:
    up = begun(tmp_path, TRAINS, "fills long")
    _, said = interrupted(up, tmp_path / "filling")
    assert (up.returncode, said) == (0, "")
    with sqlite3.connect(tmp_path / "var" / "barev.db") as database:
        for table in ("shop", "customers", "orders"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    assert not list(tmp_path.glob("*.pid"))


def test_a_child_that_dies_while_it_starts_is_one_sentence_and_the_others_end(tmp_path: Path) -> None:
    up = begun(tmp_path, TRAINS)
    _, said = up.communicate(timeout=90)
    assert up.returncode == 1
    assert said.count("\n") == 1 and "rasa ended with code 3 while starting: the config is wrong" in said
    assert not is_alive(int((tmp_path / "gateway.pid").read_text()))
    assert not [pid for pid in tmp_path.glob("actions.pid") if is_alive(int(pid.read_text() or 0))]
