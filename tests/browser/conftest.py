"""A real Chromium on the built app and a real server. Skips, saying why, where one of them is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from api_services import InlineServices, make_services, served
from conftest import ROOT
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from vigie.api.routes_web import BUILT
from vigie.demo.runs import write_runs
from vigie.sync.steps import SyncOptions
from vigie.types import KINDS

MORNING = "2026-11-20T09:30:00+01:00"
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What the page's own observers saw; read by `Window.seen`.
WATCH = """
window.seen = { policy: [], tasks: [], shift: 0 };
document.addEventListener('securitypolicyviolation', (event) =>
  window.seen.policy.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.seen.tasks.push(entry.duration)))
  .observe({ type: 'longtask', buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.hadRecentInput) window.seen.shift += entry.value;
})).observe({ type: 'layout-shift', buffered: true });
"""
WIKI = {
    "1": "# AUTH-401 : jeton expiré\n\n## Ce qu'il faut faire\n\nQuand un flux tombe en AUTH-401, renouveler le jeton "
    "`vf-passerelle`, puis relancer le flux SEPA_OUT_CIB d'abord.\n\n```bash\n./renouveler_jeton.sh --env PROD\n```\n\n"
    "| Flux | Ordre |\n|---|---|\n| SEPA_OUT_CIB | 1 |\n\n- [x] prévenir l'astreinte\n- [ ] noter l'heure\n",
    "2": "# Purge\n\nLa purge mensuelle efface les archives de plus de 400 jours.\n",
}


@dataclass
class Window:
    """One page, and what went wrong in it."""

    page: Page
    base: str
    troubles: list[str] = field(default_factory=list)
    closed: bool = False

    def ask(self, question: str) -> None:
        box = self.page.get_by_role("textbox", name="Votre question")
        before = self.page.locator("vg-turn").count()
        box.fill(question)
        box.press("Enter")
        self.page.locator("vg-turn").nth(before).wait_for()
        self.answered()

    def answered(self) -> None:
        """The last question's answer has come."""
        self.page.locator("vg-turn:last-of-type article[aria-busy=false]").wait_for()

    def seen(self, what: str) -> list[object] | float:
        return self.page.evaluate(f"window.seen.{what}")  # type: ignore[no-any-return]

    def close(self) -> None:
        """Nothing may have gone to another origin, broken the policy or failed. Before its server stops."""
        if self.closed:
            return
        violations, self.closed = self.seen("policy"), True
        self.page.context.close()
        assert violations == []
        assert self.troubles == [], self.troubles[:5]

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium here: install Debian's package chromium, or set CHROMIUM to one")
    if not (BUILT / "index.html").is_file():
        pytest.skip("the web app is not built here: make web")
    return found


@pytest.fixture(scope="module")
def playwright(chromium: str) -> Iterator[Playwright]:
    """Ended with its module: while it lives an event loop runs here, and tests of others could start none."""
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    made = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield made
    made.close()


@pytest.fixture
def open_window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Window]]:
    """`open_window(base, path)`; what is still open at the end is closed."""
    windows: list[Window] = []

    def make(base: str, path: str = "/", width: int = 1280, scheme: str = "light", locale: str = "fr-FR") -> Window:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale=locale,
            timezone_id="Europe/Paris",
            accept_downloads=True,
        )
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH)
        page = context.new_page()
        window = Window(page, base)
        tell = window.troubles.append
        page.on("pageerror", lambda error: tell(f"script error: {error}"))
        page.on("dialog", lambda dialog: (tell(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda said: tell(f"console: {said.text}") if said.type == "error" else None)
        home = urlsplit(base).netloc
        page.on("request", lambda sent: tell(f"request: {sent.url}") if _away(sent.url, home) else None)
        windows.append(window)
        window.go(path)
        return window

    yield make
    for window in windows:
        window.close()


def _away(url: str, home: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("blob", "data", "about") and parts.netloc != home


@pytest.fixture(scope="session")
def team(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InlineServices]:
    """The sample team's runs and a small wiki, indexed."""
    folder = tmp_path_factory.mktemp("team")
    services = make_services(folder, VIGIE_NOW=MORNING, CONFLUENCE_URL="https://wiki.meridiane.example/confluence")
    exports = services.settings.records_dir
    assert exports is not None
    for path in exports.iterdir():
        path.unlink()
    write_runs(exports, datetime.fromisoformat(MORNING))
    services.wiki.pages = dict(WIKI)
    services.syncer().run(KINDS, SyncOptions())
    yield services
    services.close()


@pytest.fixture(scope="session")
def server(team: InlineServices) -> Iterator[str]:
    with served(team) as url:
        yield url


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: make web")
    return AXE.read_text("utf-8")


def violations(window: Window, axe: str) -> list[str]:
    """What axe finds on the page as it stands."""
    window.page.evaluate(f"() => {{ {axe} }}")
    found = window.page.evaluate("async () => (await window.axe.run()).violations")
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0]['failureSummary'][:300]}" for one in found]
