"""`barev doctor`: what stands in the way, one line for each thing looked at."""

from __future__ import annotations

import asyncio
import stat
import sys
from collections.abc import Awaitable, Callable

import aiohttp
import typer
from rich.console import Console

from barev.cli.errors import Refused, sentence
from barev.cli.launch import database, model, ports, ready
from barev.cli.launch.address import name_of
from barev.cli.launch.children import RASA_PYTHON
from barev.settings import Secrets, Settings, load_secrets, load_settings

RASA_VERSION = (
    "import importlib.metadata as m, sys; print(sys.version_info[:2] == (3, 10), m.version('rasa'))"
)
CALL_SECONDS = 10.0

Check = Callable[[Settings, Secrets], Awaitable[str]]


def doctor() -> None:
    """Look at settings, secrets, Pythons, database, model and ports; ask the running parts. Exit 1 if one fails."""
    console = Console()
    settings = load_settings()
    console.print(f"ok      settings: data in {settings.data_dir}", highlight=False, soft_wrap=True)
    if not asyncio.run(_all(settings, load_secrets(settings), console)):
        raise typer.Exit(1)


async def _all(settings: Settings, secrets: Secrets, console: Console) -> bool:
    well = True
    for name, check in CHECKS.items():
        try:
            line = f"ok      {name}: {await check(settings, secrets)}"
        except (TimeoutError, aiohttp.ClientError) as error:
            well, line = False, f"failed  {name}: no answer that could be understood ({type(error).__name__})"
        except Exception as error:
            well, line = False, f"failed  {name}: {sentence(error)}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return well


async def secrets_are_ours(settings: Settings, _: Secrets) -> str:
    path = settings.data_dir / "secrets.json"
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Refused(f"{path} can be read by others (mode {mode:04o}); make it 0600 with chmod.")
    return f"{path} is readable by its owner only"


async def pythons(_: Settings, __: Secrets) -> str:
    if not RASA_PYTHON.exists():
        raise Refused("Rasa's environment .venv-rasa is not there; make it with 'make setup'.")
    asked = await asyncio.create_subprocess_exec(RASA_PYTHON, "-c", RASA_VERSION, stdout=-1, stderr=-3)
    answer = (await asked.communicate())[0].decode().split()
    if answer[:1] != ["True"]:
        raise Refused(".venv-rasa has no Rasa on Python 3.10; make it anew with 'make setup'.")
    return f"Python {sys.version.split()[0]}, Rasa {answer[1]} on Python 3.10"


async def tables(settings: Settings, _: Secrets) -> str:
    state = await database.refuse_newer(settings)
    if state != "current":
        raise Refused(f"{name_of(settings)} is {state}; 'barev up' brings it to this version.")
    return f"{name_of(settings)} is at this version"


async def trained(settings: Settings, _: Secrets) -> str:
    path = model.model_file(settings)
    if not path.exists():
        raise Refused("there is no model of the sources as they are now; train it with 'barev train'.")
    return str(path)


async def gateway(settings: Settings, _: Secrets) -> str:
    if is_free("gateway", settings):
        return f"not running, port {settings.port} is free"
    await asyncio.wait_for(ready.gateway_is_up(settings), CALL_SECONDS)
    return f"healthy on port {settings.port}"


async def actions(settings: Settings, secrets: Secrets) -> str:
    """One real call with the secret, to a check that reads the store and changes nothing."""
    if is_free("actions", settings):
        return f"not running, port {settings.actions_port} is free"
    call = {
        "next_action": "validate_order_form",
        "sender_id": "doctor.1",
        "tracker": EMPTY_TRACKER,
        "domain": {},
    }
    url = f"http://127.0.0.1:{settings.actions_port}/webhook"
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
    headers = {"X-Barev-Secret": secrets.actions}
    async with (
        aiohttp.ClientSession(timeout=timeout) as http,
        http.post(url, json=call, headers=headers) as answer,
    ):
        if answer.status != 200 or "events" not in await answer.json():
            raise Refused(f"port {settings.actions_port} answered {answer.status} to an action call.")
    return f"an action was carried out on port {settings.actions_port}"


async def rasa(settings: Settings, secrets: Secrets) -> str:
    if is_free("rasa", settings):
        return f"not running, port {settings.rasa_port} is free"
    try:
        await asyncio.wait_for(ready.a_turn_passes(settings, secrets), CALL_SECONDS)
    except TimeoutError as error:
        raise Refused(f"port {settings.rasa_port} is in use, but a test question got no answer.") from error
    return f"a test question was answered on port {settings.rasa_port}"


def is_free(process: str, settings: Settings) -> bool:
    """Whether nobody listens on the port of this process."""
    host, port, setting = ports.ports(settings)[process]
    try:
        ports.listening(host, port, setting=setting).close()
    except Refused:
        return False
    return True


EMPTY_TRACKER = {
    "sender_id": "doctor.1",
    "slots": {},
    "latest_message": {"intent": {}, "entities": [], "text": "", "message_id": "doctor", "metadata": {}},
    "events": [],
    "paused": False,
    "followup_action": None,
    "active_loop": {"name": "order_form"},
    "latest_action_name": None,
    "latest_input_channel": "gateway",
}
CHECKS: dict[str, Check] = {
    "secrets": secrets_are_ours,
    "pythons": pythons,
    "database": tables,
    "model": trained,
    "gateway": gateway,
    "actions": actions,
    "rasa": rasa,
}
