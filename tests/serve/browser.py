"""A headless Chromium, spoken to by its DevTools protocol."""

import asyncio
import base64
import json
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
BY_NAME = "bptui.test"
"""What this machine is called too: not by a name to which browsers allow what they keep to HTTPS elsewhere."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--no-first-run",
    "--no-pings",
    f"--host-resolver-rules=MAP {BY_NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)
PATIENCE = 30.0
KEEP_TERMINAL = """
Object.defineProperty(Object.prototype, "fitAddon", {configurable: true, set(it) {
  Object.defineProperty(this, "fitAddon", {value: it, writable: true});
  window.glue = this;
}});
"""
"""textual.js gives its terminal to nobody: who makes it is caught as it gets its first part."""
ROWS = """
(() => {
  const buffer = window.glue?.terminal?.buffer.active;
  if (!buffer) return "";
  const rows = [];
  for (let y = 0; y < buffer.length; y++) rows.push(buffer.getLine(y).translateToString());
  return rows.join("\\n");
})()
"""


class Tab:
    """A page; ``asked`` are the addresses that it has asked for, sockets too; ``statuses`` are the answers, ``faults``
    those of its scripts and what its policy has stopped."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self._line = line
        self._count = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())
        self.asked: list[str] = []
        self.faults: list[str] = []
        self.statuses: dict[str, int] = {}

    async def _read(self) -> None:
        async for message in self._line:
            said = json.loads(message.data)
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said)
                continue
            of = said["params"]
            match said["method"]:
                case "Network.requestWillBeSent":
                    self.asked.append(of["request"]["url"])
                case "Network.webSocketCreated":
                    self.asked.append(of["url"])
                case "Network.responseReceived":
                    self.statuses[of["response"]["url"]] = of["response"]["status"]
                case "Runtime.exceptionThrown":
                    self.faults.append(str(of["exceptionDetails"]))
                case "Log.entryAdded" if of["entry"]["level"] == "error" and of["entry"]["source"] != "network":
                    self.faults.append(str(of["entry"]["text"]))

    async def do(self, method: str, **parameters: Any) -> Any:
        """A command, and what it gives."""
        self._count += 1
        answer = self._answers[self._count] = asyncio.get_running_loop().create_future()
        await self._line.send_json({"id": self._count, "method": method, "params": parameters})
        said = await asyncio.wait_for(answer, PATIENCE)
        assert "error" not in said, said
        return said["result"]

    async def value(self, expression: str) -> Any:
        """Of a line of JavaScript."""
        return (await self.do("Runtime.evaluate", expression=expression, returnByValue=True))["result"].get("value")

    async def go(self, address: str, size: tuple[int, int] = (1200, 700)) -> None:
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.do(f"{domain}.enable")
        width, height = size
        await self.do(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        await self.do("Page.addScriptToEvaluateOnNewDocument", source=KEEP_TERMINAL)
        await self.do("Page.navigate", url=address)

    async def type(self, keys: str) -> None:
        for key in keys:
            await self.do("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
            await self.do("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def escape(self) -> None:
        for kind in ("keyDown", "keyUp"):
            await self.do("Input.dispatchKeyEvent", type=kind, key="Escape", code="Escape", windowsVirtualKeyCode=27)

    async def until_true(self, expression: str) -> None:
        """Until a line of JavaScript says so."""
        async with asyncio.timeout(PATIENCE):
            while not await self.value(expression):
                await asyncio.sleep(0.02)

    async def until_answered(self, address: str) -> int:
        """With which status."""
        async with asyncio.timeout(PATIENCE):
            while address not in self.statuses:
                await asyncio.sleep(0.02)
        return self.statuses[address]

    async def until(self, seen: str) -> str:
        """Until the terminal's rows say so."""
        rows = ""
        try:
            async with asyncio.timeout(PATIENCE):
                while seen not in rows:
                    await asyncio.sleep(0.02)
                    rows = str(await self.value(ROWS))
        except TimeoutError:
            raise AssertionError(f"not seen: {seen}; {self.faults}; the screen was\n{rows}") from None
        return rows

    async def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode((await self.do("Page.captureScreenshot", format="png"))["data"]))

    async def close(self) -> None:
        self._reading.cancel()
        await self._line.close()


@asynccontextmanager
async def browsing(folder: Path, *flags: str) -> AsyncIterator[Tab]:
    """A browser with nothing of anybody's in it, and its one page."""
    browser = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *FLAGS,
        *flags,
        f"--user-data-dir={folder}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        port = await port_of(folder)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [page for page in await answer.json(content_type=None) if page["type"] == "page"]
            async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as line:
                tab = Tab(line)
                yield tab
                await tab.close()
    finally:
        with suppress(ProcessLookupError):
            browser.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(browser.wait(), 5.0)
        except TimeoutError:
            browser.kill()
            await browser.wait()


async def port_of(folder: Path) -> int:
    """The one that the browser has taken."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(FileNotFoundError, IndexError, ValueError):
                return int((folder / "DevToolsActivePort").read_text(encoding="ascii").splitlines()[0])
            await asyncio.sleep(0.05)
