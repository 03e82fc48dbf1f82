"""Texts that try to run or to fetch: in answers, quotes, passages, rows, records, code and titles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from api_services import InlineServices, make_services, served
from playwright.sync_api import expect

from vigie.sync.steps import SyncOptions
from vigie.testing.chat import ScriptedChat
from vigie.types import Answer, Choice, Citation, Condition, Context, Exact, Kind, Notice, SourceRef, Window, digest

from . import conftest

Open = Callable[..., conftest.Window]
NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
OWN = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<style>@import 'https://evil.example/x.css';</style><div style='background:url(https://evil.example/y)'>z</div>",
    "<iframe src='https://evil.example'></iframe><object data='https://evil.example'></object>",
    "![pixel](https://evil.example/p.png) ![p]( data:image/svg+xml;base64,PHN2Zy8+ )",
    "[ici](javascript:alert(1)) [là](https://evil.example/a) <https://evil.example/b> https://evil.example/c",
    "[x]: https://evil.example\n\n[x] [1]: javascript:alert(1)\n\n[1]",
    "```html\n<img src=x onerror=alert(1)>\n```\n`<svg onload=alert(1)>`",
    "```<img/src=x/onerror=alert(1)>\ncode\n```",
    "| a | b |\n|---|---|\n| <svg onload=alert(1)> | <a href='java&#115;cript:alert(1)'>x</a> |",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form action=https://evil.example><button formaction=javascript:alert(1)>x</button><input autofocus onfocus=alert(1)>",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} <base href=https://evil.example/>",
    "- [ ] <input type=image src=https://evil.example/i onerror=alert(1)>\n- [x] fait",
    "<link rel=prefetch href=https://evil.example/l><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'><template shadowrootmode=open><script>alert(1)</script></template>",
    "<svg><style><!--</style><image href=https://evil.example/i /><set attributeName=href to=javascript:alert(1)></svg>",
    "<form id=body><input name=attributes></form><img name=getElementById><a id=__proto__><a id=drawer><p id=main>x",
    '```mermaid\ngraph TD; A["<img src=x onerror=alert(1)>"]; click A "javascript:alert(1)"\n```',
    "[a](jav&#x09;ascript:alert(1)) [b](JaVaScRiPt&colon;alert(1)) [c](https://wiki.meridiane.example@evil.example/) [d](//evil.example)",
    "@if (true) { <b>x</b> } {{ $event }} (click)=alert(1) [innerHTML]=x <%= alert(1) %>",
    "\u202e)1(trela:tpircsavaj\u202c \u2066 a\u200bb <ſcript>alert(1)</ſcript> ＜script＞alert(1)＜/script＞",
    "<div>" * 1500 + "<img src=x onerror=alert(1)>",
    "<video src=https://evil.example/v autoplay><audio src=https://evil.example/a><source srcset=https://evil.example/s>",
]
# After the parsers: what one of them closes, the other opens; names that pages look up; what only layout or focus would start.
OWN += [
    "<details open ontoggle=alert(1)><summary onclick=alert(1)>x</summary></details><dialog open onclose=alert(1)>x</dialog>",
    "<p popover id=sync-menu onbeforetoggle=alert(1)>x</p><button popovertarget=sync-menu popovertargetaction=show>y</button>",
    "[x](https://wiki.meridiane.example\\@evil.example/) [y](https:\\\\evil.example) [z](https://wiki.meridiane.example.evil.example)",
    "| `a` | [b](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==) |\n|:--|--:|\n| <td background=https://evil.example/t> | \\| |",
    '```" onmouseover=alert(1) x="\nx\n```\n~~~js <img src=https://evil.example/f onerror=alert(1)>\n1\n~~~',
    "<a href='https://wiki.meridiane.example/' ping=https://evil.example/ping target=_top onpointerenter=alert(1)>lien</a>",
    "<p style='animation:sweep 1s;background:image-set(\"https://evil.example/s.png\" 1x)' onanimationstart=alert(1)>x</p>",
    "<xmp><!--</xmp><plaintext><img src=https://evil.example/z onerror=alert(1)></plaintext>-->",
    '1. <script type=speculationrules>{"prefetch":[{"urls":["https://evil.example/"]}]}</script>\n2. <script type=importmap>{}</script>',
    "<annotation-xml encoding=text/html><foreignObject><portal src=https://evil.example><embed src=https://evil.example></foreignObject>",
    "<input type=hidden name=attributes><img is=x-y srcset='https://evil.example/1 1x' loading=eager fetchpriority=high onload=alert(1)>",
    "[^1]: <img src=x onerror=alert(1)>\n\nnote [^1] :smile: ==marque== <ruby onclick=alert(1)>a<rt>b</rt></ruby> $$\\href{javascript:alert(1)}{x}$$",
]
RUN = {"flow": "PIEGE", "status": "KO", "started_at": {"$date": "2026-11-19T01:00:00Z"}}
# In a text that was rendered, nothing else may stand.
ALLOWED = """(root) => {
  const good = new Set(['A','B','BLOCKQUOTE','BR','BUTTON','CODE','DEL','DIV','EM','H3','H4','H5','H6','HR','LI','MARK','OL','P','PRE',
    'SPAN','STRONG','TABLE','TBODY','TD','TH','THEAD','TR','UL']);
  const found = [];
  for (const element of document.querySelector(root).querySelectorAll('.markdown *, .code-view *, vg-json-tree .leaf *, vg-answer-table td *')) {
    const own = element.closest('vg-icon, .icon-button');
    if (!own && !good.has(element.tagName)) found.push(element.tagName);
    for (const { name } of element.attributes) if (name.startsWith('on') || name === 'style' || name === 'src') found.push(name);
    if (element.tagName === 'A' && !element.href.startsWith('https://wiki.meridiane.example/')) found.push(element.href);
  }
  return found;
}"""

EACH_CITATION = f"""async () => {{
  const check = {ALLOWED};
  const found = [];
  for (const button of document.querySelectorAll('.cited button')) {{
    button.click();
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    if (document.querySelector('vg-citation-view h3')?.textContent !== button.querySelector('.title').textContent) {{
      await new Promise((done) => setTimeout(done, 100));
    }}
    found.push(...check('.evidence'));
  }}
  return found;
}}"""


def payloads(folder: Path) -> list[str]:
    lines = [
        line for file in sorted(folder.glob("xss_*.jsonl")) for line in file.read_text("utf-8").split("\n") if line
    ]
    found = [json.loads(line)["payload"] for line in lines]
    assert len(found) == 121
    return found


def hostile_answer(n: int, text: str, source: Kind) -> Answer:
    """One that has it wherever an answer holds text."""
    locator = f"{text}#L1-L9" if source == "code" else text
    citation = Citation(1, source, digest("x"), text, f"javascript:alert({n})", locator, text)
    exact = Exact(
        "vanish_flows",
        [text, "count"],
        ["text", "integer"],
        [None, text],
        [[text, 1], ["plain", 2]],
        2,
        2,
        False,
        Window(text, NOW, NOW, "Europe/Paris", text),
        [],
        [Condition(text, "in", [text], text)],
        {text: 1},
        text,
        {"form": "groups", "keys": [{"path": text, "bucket": None}]},
        [{"engine": text, "sql": text, "parameters": [text]}],
    )
    return Answer(
        f"a{n}",
        "hostile",
        text,
        "answered",
        "exact" if n % 2 else "passages",
        f"{text}\n\n[1]",
        exact if n % 2 else None,
        [Choice(text, text)],
        [citation],
        [Context("c", text, {"n": 1, "title": text, "locator": text}, 1.0)],
        [],
        [Notice("x", text)],
        text,
        NOW,
    )


@pytest.fixture
def services(chromium: str, tmp_path: Path) -> Iterator[InlineServices]:
    made = make_services(tmp_path, CONFLUENCE_URL="https://wiki.meridiane.example/confluence")
    yield made
    made.close()


def look_at(open_window: Open, services: InlineServices, texts: list[str]) -> None:
    """Every text, shown in every place, each citation opened."""
    for n, text in enumerate(texts):
        services.sessions.save(hostile_answer(n, text, "code" if n % 3 == 1 else "confluence"))
    with served(services) as url:
        window = open_window(url, "/s/hostile")
        page = window.page
        expect(page.locator("vg-turn")).to_have_count(len(texts), timeout=30_000)
        for summary in page.locator("vg-explanation summary").all():
            summary.evaluate("(one) => { one.parentElement.open = true; }")
        assert page.locator(".cited button").count() == len(texts)
        seen: list[str] = list(page.evaluate(ALLOWED, "main"))
        seen += page.evaluate(EACH_CITATION)
        page.wait_for_timeout(200)
        assert seen == [], seen[:5]
        assert page.url == f"{url}/s/hostile"
        window.close()


def test_the_shared_payloads_stay_text_everywhere(
    open_window: Open, services: InlineServices, shared_data: Callable[[str], Path]
) -> None:
    look_at(open_window, services, payloads(shared_data("hostile")))


def test_our_own_payloads_stay_text_everywhere(open_window: Open, services: InlineServices) -> None:
    look_at(open_window, services, OWN)


@pytest.mark.parametrize("whose", ["own", "shared"])
def test_hostile_pages_and_records_stay_text_in_their_documents(
    open_window: Open, services: InlineServices, request: pytest.FixtureRequest, whose: str
) -> None:
    exports = services.settings.records_dir
    assert exports is not None
    texts = OWN if whose == "own" else payloads(request.getfixturevalue("shared_data")("hostile"))
    records = [RUN | {"_id": f"r{n}", "message": text} for n, text in enumerate(texts)]
    records.append(
        {"_id": "keys", "flow": "PIEGE", "status": "KO", "message": {text.replace(".", ""): text for text in texts[:4]}}
    )
    (exports / "vanish_flows.ndjson").write_text("\n".join(json.dumps(record) for record in records) + "\n")
    services.wiki.pages = {
        str(n): f"# Piège {n}\n\nLe piège numéro {n} est un texte.\n\n{t}" for n, t in enumerate(texts)
    }
    services.syncer().run(("confluence", "records"), SyncOptions())
    assert SourceRef("records", "vanish_flows") in services.ledger.sources()
    with served(services) as url:
        window = open_window(url)
        page = window.page
        window.ask("Quels messages pour le flux PIEGE en KO ?")
        window.ask("Combien de runs KO ?")
        page.locator("vg-turn:last-of-type").get_by_role("button", name="Voir les enregistrements").click()
        panel = page.locator("vg-records-panel")
        for number in range(1, -(-len(records) // 20) + 1):
            if number > 1:
                panel.get_by_role("button", name="Suivants").click()
                expect(panel.get_by_text(f"Page {number} sur")).to_be_visible()
            expect(panel.locator("article")).to_have_count(min(20, len(records) - 20 * (number - 1)))
            assert page.evaluate(ALLOWED, "vg-app") == []
        window.go("/")
        window.ask("texte du piège numéro 3")
        page.locator("vg-turn:last-of-type .cited button").first.click()
        page.get_by_role("button", name="Voir le document entier").click()
        expect(page.locator("vg-citation-view")).to_contain_text("Le piège numéro")
        assert page.evaluate(ALLOWED, "vg-app") == []
        window.close()


def test_what_a_model_streams_stays_text_at_every_frame(chromium: str, open_window: Open, tmp_path: Path) -> None:
    text = "\n\n".join(payload for payload in OWN if len(payload) < 400)
    pieces = [piece for at in range(0, len(text), 23) for piece in (text[at : at + 23], 0.01)]
    services = make_services(tmp_path, ScriptedChat("Voici [1].\n\n", *pieces))
    services.wiki.pages = {"1": "# Piège\n\nLe piège numéro 1 est un texte à relire avant minuit.\n"}
    services.syncer().run(("confluence",), SyncOptions())
    with served(services) as url:
        window = open_window(url)
        page = window.page
        page.evaluate(
            f"() => {{ const check = {ALLOWED}; window.found = []; window.frames = 0; new MutationObserver(() => {{ "
            "window.frames++; window.found.push(...check('main')); }).observe(document.querySelector('main'), "
            "{ childList: true, subtree: true }); }"
        )
        window.ask("Le piège numéro 1 est-il un texte à relire ?")
        expect(page.locator("vg-turn .markdown")).to_contain_text("prefetch")
        assert page.evaluate("window.frames") > 10
        assert page.evaluate("window.found.slice(0, 5)") == []
        window.close()
    services.close()
