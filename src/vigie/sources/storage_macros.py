"""Macros, links, images and the other elements of storage format that show something of their own."""

from __future__ import annotations

from vigie.sources.storage_blocks import Emit
from vigie.sources.storage_flow import Flow
from vigie.sources.storage_tree import CDATA, Node

# Boxes that show an icon where a reader of the text sees the word.
_LABELS = {"info": "Info", "note": "Note", "tip": "Tip", "warning": "Warning"}
# Parameters that a page shows, and those that name what a macro without a body shows.
_TITLES = ("title", "label", "heading", "text")
_SUBJECTS = {
    "include": ("", "page"),
    "excerpt-include": ("", "page"),
    "jira": ("key",),
    "profile": ("user",),
    "view-file": ("name",),
    "viewdoc": ("name",),
    "viewpdf": ("name",),
    "viewppt": ("name",),
    "viewxls": ("name",),
    "multimedia": ("name",),
    "widget": ("url",),
    "iframe": ("src", "url"),
}
_RESOURCE_NAMES = (
    "ri:content-title",
    "ri:filename",
    "ri:value",
    "ri:username",
    "ri:userkey",
    "ri:account-id",
    "ri:parameter",
    "ri:space-key",
    "ri:content-id",
)


def macro(node: Node, flow: Flow, emit: Emit) -> None:
    """Any macro: what it shows of its parameters, then its body; code and other plain text verbatim in a fence."""
    name = node.attributes.get("ac:name", "").lower()
    parameters = _parameters(node)
    if name == "anchor":
        return
    if name == "status":
        flow.write(f"[{_value(parameters, 'title') or _value(parameters, 'colour')}]")
        return
    if name in ("mathinline", "mathblock") and "body" in parameters:
        flow.write(f"${_value(parameters, 'body')}$")
    bodies = [child for child in node.children if not _is_parameter(child)]
    if name in _SUBJECTS:
        subject = next(filter(None, (_value(parameters, key) for key in _SUBJECTS[name])), "")
        if subject:
            flow.write(subject if name == "jira" else f"[{name}: {subject}]")
    else:
        _title(name, parameters, flow, boxed=any(isinstance(child, Node) for child in bodies))
    for child in bodies:
        if isinstance(child, Node) and child.tag == "ac:plain-text-body":
            flow.code(plain_text(child), _language(name, parameters))
        else:
            emit(child, flow)


def _title(name: str, parameters: dict[str, Node], flow: Flow, *, boxed: bool) -> None:
    title = next(filter(None, (_value(parameters, key) for key in _TITLES)), "")
    words = ": ".join(filter(None, (_LABELS.get(name), title)))
    if words:
        if boxed:
            flow.flush()
        flow.write(f"**{words}**")
        if boxed:
            flow.flush()


def _language(name: str, parameters: dict[str, Node]) -> str:
    if name in ("code", "paste-code-macro"):
        return _value(parameters, "language") or _value(parameters, "")
    return "" if name == "noformat" else name


def plain_text(body: Node) -> str:
    """The text of a plain text body, verbatim: its CDATA sections joined, white space between them left out."""
    if not any(node.tag == CDATA for node in body.nodes()):
        return body.text()
    return "".join(
        child.text() if isinstance(child, Node) else child
        for child in body.children
        if isinstance(child, Node) or child.strip()
    )


def plain_text_body(node: Node, flow: Flow, emit: Emit) -> None:
    """A plain text body that lost its macro."""
    flow.code(plain_text(node))


def _parameters(node: Node) -> dict[str, Node]:
    return {child.attributes.get("ac:name", ""): child for child in node.nodes() if _is_parameter(child)}


def _is_parameter(child: Node | str) -> bool:
    return isinstance(child, Node) and child.tag in ("ac:parameter", "ac:default-parameter")


def _value(parameters: dict[str, Node], name: str) -> str:
    """A parameter's text, or the names of the pages, users, files or addresses in it."""
    if name not in parameters:
        return ""
    node = parameters[name]
    return " ".join(node.text().split()) or ", ".join(_resources(node))


def _resources(node: Node) -> list[str]:
    names = []
    for child in node.nodes():
        names.extend([resource_name(child)] if child.tag.startswith("ri:") else _resources(child))
    return [name for name in names if name]


def _targets(node: Node) -> list[str]:
    """The names of what a link or an image points at."""
    return [name for child in node.nodes() if child.tag.startswith("ri:") and (name := resource_name(child))]


def resource_name(node: Node) -> str:
    """What a `ri:` element points at, in words: a title, a file's name, an address, a user with an @."""
    name = next(filter(None, (node.attributes.get(key) for key in _RESOURCE_NAMES)), "")
    return f"@{name}" if name and node.tag == "ri:user" else name


def resource(node: Node, flow: Flow, emit: Emit) -> None:
    """A `ri:` element that stands alone."""
    flow.write(resource_name(node))
    for child in node.children:
        emit(child, flow)


def link(node: Node, flow: Flow, emit: Emit) -> None:
    """`ac:link`: its text; without one, the name of its target."""
    start = flow.mark()
    for child in node.children:
        if isinstance(child, str) or not child.tag.startswith("ri:"):
            emit(child, flow)
    if not flow.shown_since(start):
        flow.write(", ".join(_targets(node)) or node.attributes.get("ac:anchor", ""))


def anchor(node: Node, flow: Flow, emit: Emit) -> None:
    """`a`: its text, with the address where it leads out of the wiki and says more than the text."""
    target = node.attributes.get("href", "").strip()
    text = node.text().strip()
    outside = target.lower().startswith(("http://", "https://", "mailto:", "ftp://", "ssh://"))
    leads_out = outside and text != target and target != f"mailto:{text}"
    bracket = leads_out and bool(text)
    if bracket:
        flow.write("[")
    for child in node.children:
        emit(child, flow)
    if leads_out:
        address = f"<{target}>" if any(character in " ()<>" for character in target) else target
        flow.write(f"]({address})" if bracket else f" ({address})")


def image(node: Node, flow: Flow, emit: Emit) -> None:
    """`ac:image` and `img`: the alternative text and the file's name; then a caption."""
    words = [node.attributes.get("ac:alt") or node.attributes.get("alt") or node.attributes.get("ac:title", "")]
    words.extend(_file_name(name) for name in _targets(node) or [node.attributes.get("src", "")])
    named = [" ".join(word.split()) for word in dict.fromkeys(words) if word.strip()]
    flow.write(f"[image: {', '.join(named)}]" if named else "[image]")
    for child in node.children:
        if isinstance(child, str) or not child.tag.startswith("ri:"):
            emit(child, flow)


def _file_name(address: str) -> str:
    """The last part of a path or an address; nothing of an image that is written out as data."""
    if address.lower().startswith("data:"):
        return ""
    return address.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]


def emoticon(node: Node, flow: Flow, emit: Emit) -> None:
    attributes = node.attributes
    name = attributes.get("ac:name", "")
    flow.write(
        attributes.get("ac:emoji-fallback") or attributes.get("ac:emoji-shortname") or (f":{name}:" * bool(name))
    )
    for child in node.children:
        emit(child, flow)


def time(node: Node, flow: Flow, emit: Emit) -> None:
    """`time`: the date as it is written, and as text where it has one."""
    date = node.attributes.get("datetime", "").strip()
    if date and date not in node.text():
        flow.write(f"{date} " if node.text().strip() else date)
    for child in node.children:
        emit(child, flow)


def extension(node: Node, flow: Flow, emit: Emit) -> None:
    """`ac:adf-extension` holds the same words twice: the rendered form is taken where there is one."""
    fallback = node.first("ac:adf-fallback")
    for child in [fallback] if fallback is not None and fallback.text().strip() else node.children:
        emit(child, flow)
