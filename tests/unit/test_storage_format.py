"""Confluence storage format as text: what a reader of the page sees is there, and code stands verbatim."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.sources.storage_format import storage_to_text


def code(body: str, *, name: str = "code", language: str = "", cdata: bool = True) -> str:
    parameter = f'<ac:parameter ac:name="language">{language}</ac:parameter>' if language else ""
    inner = f"<![CDATA[{body.replace(']]>', ']]]]><![CDATA[>')}]]>" if cdata else body
    return (
        f'<ac:structured-macro ac:name="{name}">{parameter}'
        f"<ac:plain-text-body>{inner}</ac:plain-text-body></ac:structured-macro>"
    )


@pytest.mark.parametrize(
    ("storage", "text"),
    [
        ("<h1>Un</h1><p>a</p><h3>Trois&nbsp;bis</h3>", "# Un\n\na\n\n### Trois bis"),
        ("<p>r&eacute;sum&eacute; &hellip; &#233; &amp;lt;</p>", "résumé … é &lt;"),
        ("<p>a<br/>b</p>", "a\nb"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ('<ol start="3"><li>a</li><li><p>b</p><p>c</p></li></ol>', "3. a\n4. b\n   c"),
        (
            "<table><tbody><tr><th>A</th><th>B</th></tr><tr><td>x|y</td><td><p>1</p><p>2</p></td></tr></tbody></table>",
            "| A | B |\n| --- | --- |\n| x\\|y | 1 2 |",
        ),
        (
            '<table><tr><th>A</th><th>B</th></tr><tr><td rowspan="2">x</td><td>1</td></tr><tr><td>2</td></tr></table>',
            "| A | B |\n| --- | --- |\n| x | 1 |\n|  | 2 |",
        ),
        (
            "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>"
            "fait</ac:task-body></ac:task><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>reste"
            "</ac:task-body></ac:task></ac:task-list>",
            "- [x] fait\n- [ ] reste",
        ),
        (
            '<ac:structured-macro ac:name="warning"><ac:parameter ac:name="title">Attention</ac:parameter>'
            "<ac:rich-text-body><p>Ne pas relancer</p></ac:rich-text-body></ac:structured-macro>",
            "**Warning: Attention**\n\nNe pas relancer",
        ),
        (
            '<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">Plus</ac:parameter>'
            "<ac:rich-text-body><h2>T</h2></ac:rich-text-body></ac:structured-macro>",
            "**Plus**\n\n## T",
        ),
        (
            '<p>Etat <ac:structured-macro ac:name="status"><ac:parameter ac:name="colour">Red</ac:parameter>'
            '<ac:parameter ac:name="title">KO</ac:parameter></ac:structured-macro>.</p>',
            "Etat [KO].",
        ),
        ('<p><ac:link><ri:page ri:content-title="Runbook &eacute;"/></ac:link> suit</p>', "Runbook é suit"),
        (
            '<p><ac:link><ri:page ri:content-title="X"/><ac:plain-text-link-body><![CDATA[le <lien>]]>'
            "</ac:plain-text-link-body></ac:link></p>",
            "le <lien>",
        ),
        ('<p><ac:link><ri:user ri:username="marie"/></ac:link> et <ac:link ac:anchor="bas"/></p>', "@marie et bas"),
        ('<p><a href="https://x.example/a">ici</a> <a href="/display/A">là</a></p>', "[ici](https://x.example/a) là"),
        ('<ac:image ac:alt="schéma"><ri:attachment ri:filename="s.png"/></ac:image>', "[image: schéma, s.png]"),
        ('<p>le <time datetime="2026-11-20"/> <ac:emoticon ac:name="tick"/></p>', "le 2026-11-20 :tick:"),
        ('<ac:structured-macro ac:name="toc"/><p>a</p><ac:structured-macro ac:name="children"/>', "a"),
        (
            '<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link>'
            '<ri:page ri:content-title="Contacts"/></ac:link></ac:parameter></ac:structured-macro>',
            "[include: Contacts]",
        ),
        (
            '<ac:structured-macro ac:name="mystery"><ac:parameter ac:name="x">hidden</ac:parameter>'
            "<ac:rich-text-body><p>kept</p></ac:rich-text-body></ac:structured-macro>",
            "kept",
        ),
        (
            "<ac:layout><ac:layout-section><ac:layout-cell><p>a</p></ac:layout-cell><ac:layout-cell><p>b</p>"
            "</ac:layout-cell></ac:layout-section></ac:layout>",
            "a\n\nb",
        ),
        ("<p># not a heading</p><p>```no fence</p>", "\\# not a heading\n\n\\```no fence"),
        ("<p>lance <code>sudo x</code></p><pre>a\n  b</pre>", "lance `sudo x`\n\n```\na\n  b\n```"),
    ],
)
def test_elements_read_as_markdown(storage: str, text: str) -> None:
    assert storage_to_text(storage) == text


def test_self_closed_elements_do_not_swallow_what_follows() -> None:
    text = storage_to_text('<p>a <ac:emoticon ac:name="x"/> b</p><p /><ac:structured-macro ac:name="toc" /><h2>T</h2>')
    assert text == "a :x: b\n\n## T"


def test_code_keeps_its_language_and_every_byte() -> None:
    body = "\n\tif [[ $a > 1 ]]; then\r\n  echo '`````' ]]> é &amp; <b> \x1c\u2028 \n\n"
    text = storage_to_text("<p>avant</p>" + code(body, language="Bash"))
    assert text == f"avant\n\n``````bash\n{body}``````"


@pytest.mark.parametrize(
    "around",
    [
        "<ul><li>un<ol><li>deux {} fin</li></ol></li></ul>",
        "<table><tr><th>h</th></tr><tr><td>un {} fin</td></tr><tr><td>deux</td></tr></table>",
        "<table><tr><td><table><tr><td><ul><li>un deux {} fin</li></ul></td></tr></table></td></tr></table>",
        "<h2>un deux {} fin</h2>",
        "<p>un <strong>deux {} fin</strong></p>",
        '<ac:structured-macro ac:name="panel"><ac:rich-text-body>un deux {} fin</ac:rich-text-body>'
        "</ac:structured-macro>",
        "<ac:task-list><ac:task><ac:task-body>un deux {} fin</ac:task-body></ac:task></ac:task-list>",
        "<p>un deux fin <b><td>{}",
    ],
)
def test_code_stands_at_the_start_of_a_line_wherever_it_is(around: str) -> None:
    body = "select 1 |\n  # two\n"
    text = storage_to_text(around.format(code(body, language="sql")))
    assert f"\n```sql\n{body}```" in text
    assert {"un", "deux", "fin"} <= set(re.findall(r"\w+", text.replace(body, "")))


def test_a_table_goes_on_under_its_header_after_code() -> None:
    rows = f"<tr><th>Flux</th></tr><tr><td>A{code('x')}</td></tr><tr><td>B</td></tr>"
    header = "| Flux |\n| --- |\n"
    assert storage_to_text(f"<table>{rows}</table>") == f"{header}| A |\n\n```\nx\n```\n\n{header}| B |"


@pytest.mark.parametrize(
    "storage",
    [
        code("a && b", name="noformat"),
        code("a &amp;&amp; b", cdata=False),
        "<ac:plain-text-body>\n  <![CDATA[a && b]]>\n</ac:plain-text-body>",
        "<ac:plain-text-body><![CDATA[a && b",
        "<ac:plain-text-body><![CDATA[a && b</ac:plain-text-body><p>x</p>",
        "<ac:plain-text-body><![CDATA[a && b]] ></ac:plain-text-body><p>x</p>",
        "<ac:plain-text-body><![CDATA[a && b]] ></ac:plain-text-body><p>x</p>" + code("c"),
    ],
)
def test_code_is_found_however_it_is_written(storage: str) -> None:
    assert "\na && b\n" in "\n" + storage_to_text(storage).replace("<![CDATA[", "")


def test_the_exports_cdata_end_inside_true_code_is_code() -> None:
    body = "echo ']] ></ac:plain-text-body>' \n if [[ a ]] >"
    assert body in storage_to_text(code(body))


@pytest.mark.parametrize(
    "storage",
    [
        "<p>un <b>deux<p>trois",
        "<table><tr><td>un<td>deux<tr><td>trois",
        "<ul><li>un<li>deux</ul></b></p>trois",
        'un <p class="x>deux</p> trois',
        "un < deux <3 trois",
        "un <!-- deux trois",
        "un <![CDATA[deux]]> trois",
        "un\x00deux\x1btrois",
        "<table><caption>un</caption>deux<p>trois</p></table>",
        "<ul>un<ul><li>deux</li></ul><p>trois</p></ul>",
        "<td>un</td><li>deux</li><tr>trois</tr>",
        "<ac:task>un</ac:task><ac:task-body>deux</ac:task-body><ac:unknown>trois</ac:unknown>",
        "<div>" * 5000 + "un deux trois",
        "<ul><li>" * 3000 + "un deux trois",
        "<table><tr><td>" * 3000 + "un deux trois",
        "<ac:link>" * 3000 + "un deux trois",
    ],
)
def test_bad_markup_loses_no_word(storage: str) -> None:
    words = re.findall(r"[a-z]+", storage_to_text(storage))
    assert [word for word in words if word in ("un", "deux", "trois")] == ["un", "deux", "trois"]


def test_a_table_of_spans_does_not_explode() -> None:
    rows = '<tr><td colspan="999999999" rowspan="999999999">x</td></tr>' * 300
    text = storage_to_text(f"<table>{rows}</table>")
    assert text.count("x") == 300
    assert len(text) < 1_000_000


_PIECES = st.sampled_from(
    [*"<>/!?&;\"'=`|#-\n\t\0", "<![CDATA[", "]]>", "]] >", "<!--", "-->", "&eacute;", "&#0;", "&#xd800;", "\ud800"]
    + [
        f"<{close}{tag}>"
        for tag in ("p", "ul", "li", "table", "tr", "td", "h1", "pre", "a", "code")
        for close in ("", "/")
    ]
    + [
        "<ac:structured-macro ac:name='code'>",
        "</ac:structured-macro>",
        "<ac:plain-text-body>",
        "</ac:plain-text-body>",
    ]
    + ["<ac:link>", "<ri:page ri:content-title='t'/>", "<ac:task-list>", "<ac:task>", "<ac:rich-text-body>", "mot", " "]
)


@given(st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join)))
def test_any_string_gives_a_text_that_can_be_stored(storage: str) -> None:
    text = storage_to_text(storage)
    assert "\0" not in text
    text.encode()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.sampled_from(["", "li", "td"]))
def test_any_code_stands_verbatim(body: str, inside: str) -> None:
    macro = code(body)
    text = storage_to_text(f"<{inside}>x{macro}</{inside}>" if inside else macro)
    fence = next(line for line in text.split("\n") if line.startswith("```"))
    assert f"{fence}\n{body}" in text
    assert fence not in body
