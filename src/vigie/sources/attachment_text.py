"""Text of PDF and plain text files, page by page. Needs the extra `attachments`."""

from __future__ import annotations

import io
import logging
import re

import pypdf

from vigie.sources.confluence_attachments import Unreadable

MOST_PAGES = 2_000
_ESCAPE = r"\\"
PDF_TYPES = frozenset({"application/pdf", "application/x-pdf"})
# A line that the chunker would take for a heading, a table or a fence.
_MARKUP = re.compile(r"^(?=#|\||```)", re.MULTILINE)

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it remarks on every small fault of a file that it can read


def text_of(media_type: str, content: bytes) -> str:
    """Plain text as it is; a PDF with a heading `# p. N` over each page that has text. Raises Unreadable."""
    text = _pages(content) if media_type in PDF_TYPES or content.startswith(b"%PDF-") else _decoded(content)
    if not text.strip():
        raise Unreadable("there is no text in it (scanned pages?)")
    return text


def _pages(content: bytes) -> str:
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("it asks for a password")
        if len(reader.pages) > MOST_PAGES:
            raise Unreadable(f"it has {len(reader.pages):,} pages, more than {MOST_PAGES:,}")
        texts = [page.extract_text() for page in reader.pages]
    except Unreadable:
        raise
    except Exception as error:  # of a damaged file the library raises whatever it stumbles over
        raise Unreadable(f"it cannot be read as PDF ({type(error).__name__}: {error})") from error
    return "\n\n".join(
        f"# p. {number}\n\n{_MARKUP.sub(_ESCAPE, text.strip())}" for number, text in enumerate(texts, 1) if text.strip()
    )


def _decoded(content: bytes) -> str:
    if b"\0" in content[:8_000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("it is no text")
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
