"""Take the pictures of the README anew, into docs/images: a whole Barev with the demo shop, people in Chromium.

    python -m tools.pictures [--out docs/images]

Reads nothing from the network. What is on a picture is what Chromium was shown.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from barev.settings import ROOT
from tests.rig.browser import CHROMIUM, FLAGS
from tools.pictures import staff, telegram, widget
from tools.pictures.town import open_town


async def main() -> None:
    wanted = argparse.ArgumentParser(prog="python -m tools.pictures", description=__doc__)
    wanted.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    out = wanted.parse_args().out
    with tempfile.TemporaryDirectory(prefix="barev-pictures-") as folder:
        async with open_town(Path(folder)) as town, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for about in (widget, staff, telegram):
                for path in await about.take(browser, town, out):
                    print(f"written: {path} ({path.stat().st_size // 1024} kB)")
            await browser.close()


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(main(), 600))
