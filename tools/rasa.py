"""`rasa <words>` at the repository's root with the environment that endpoints.yml and credentials.yml ask for.

.venv/bin/python tools/rasa.py shell
"""

from __future__ import annotations

import os
import sys

from barev.cli.launch.children import rasa_command, rasa_environment
from barev.settings import ROOT, load_secrets, load_settings


def main() -> None:
    settings = load_settings()
    command = rasa_command(*sys.argv[1:])
    os.chdir(ROOT)
    os.execve(command[0], command, rasa_environment(settings, load_secrets(settings)))


if __name__ == "__main__":
    main()
