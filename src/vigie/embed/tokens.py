"""How a SentenceTransformers BERT reads texts: its tokenizer, its limits, its name. Neither weights nor runtime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tokenizers import Encoding, Tokenizer

from vigie.embed._checkpoint import Checkpoint, read_checkpoint
from vigie.embed.models import file_sha256
from vigie.errors import EmbedderUnusable
from vigie.text import without_surrogates
from vigie.types import digest

# Raise it when `bert_graph` or the handling of texts here changes what comes out.
VERSION = "1"
# Texts that are tokenised, and sorted by length, together: bounds memory, and leaves little padding.
SORTED_TEXTS = 512


class BertTokens:
    """Implements `Tokens`: enough to cut texts for a model without loading it. Serves many threads.

    `folder`: a SentenceTransformers folder (see `models.resolve`). `cache_dir`: where a few kilobytes are kept that
    make the next start faster. `query_prefix`, `passage_prefix`: put before each text; None takes the model's own
    prompts. Raises EmbedderUnusable.
    """

    def __init__(
        self, folder: Path, cache_dir: Path, *, query_prefix: str | None = None, passage_prefix: str | None = None
    ) -> None:
        self._checkpoint = checkpoint = read_checkpoint(folder)
        self._tokenizer = _read_tokenizer(checkpoint)
        self._query_prefix = checkpoint.query_prefix if query_prefix is None else query_prefix
        self._passage_prefix = checkpoint.passage_prefix if passage_prefix is None else passage_prefix
        self._head, self._tail = _special_tokens(self._tokenizer, checkpoint.folder)
        self._room = checkpoint.max_length - len(self._head) - len(self._tail)
        self._max_tokens = self._room - self.count_tokens([self._passage_prefix])[0]
        if self._max_tokens < 1:
            raise EmbedderUnusable(f"the prefix of passages alone fills the {checkpoint.max_length} tokens of {folder}")
        self._fingerprint = _fingerprint(checkpoint, cache_dir, self._query_prefix, self._passage_prefix)

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits, the same wherever the same model lies."""
        return self._fingerprint

    @property
    def max_tokens(self) -> int:
        """What the model reads, less its special tokens and the passage prefix."""
        return self._max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens and without truncation. Any string."""
        return [len(encoding) for encoding in self._encodings(texts)]

    def _encodings(self, texts: Sequence[str]) -> Iterator[Encoding]:
        lower_case = self._checkpoint.lower_case
        for start in range(0, len(texts), SORTED_TEXTS):
            some = texts[start : start + SORTED_TEXTS]
            clean = [without_surrogates(text.lower() if lower_case else text) for text in some]
            yield from self._tokenizer.encode_batch_fast(clean, add_special_tokens=False)

    def _framed(self, prefix: str, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, cut to what the model reads, between its special tokens."""
        encodings = self._encodings([prefix + text for text in texts])
        return [[*self._head, *encoding.ids[: self._room], *self._tail] for encoding in encodings]


def _read_tokenizer(checkpoint: Checkpoint) -> Tokenizer:
    file = checkpoint.folder / "tokenizer.json"
    if not file.is_file():
        raise EmbedderUnusable(f"{file} is missing: save the model again with its fast tokenizer, or name another")
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing narrower
        raise EmbedderUnusable(f"{file} cannot be read ({error}): install the embedding model again") from error
    # The file may say to cut and pad at 128, which is not what the model's own library does.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _special_tokens(tokenizer: Tokenizer, folder: Path) -> tuple[list[int], list[int]]:
    """What the tokenizer puts before and after one text; a BERT reads at least its first one."""
    encoding = tokenizer.encode("a")
    text = [place for place, special in enumerate(encoding.special_tokens_mask) if not special]
    if not text or text[0] == 0:
        raise EmbedderUnusable(f"{folder / 'tokenizer.json'} is not a BERT's: it starts a text with no special token")
    return encoding.ids[: text[0]], encoding.ids[text[-1] + 1 :]


def _fingerprint(checkpoint: Checkpoint, cache_dir: Path, *prefixes: str) -> str:
    files = [file_sha256(file, cache_dir) for file in (checkpoint.weights, checkpoint.folder / "tokenizer.json")]
    settings = (
        checkpoint.heads,
        checkpoint.activation,
        checkpoint.epsilon,
        checkpoint.first_position,
        checkpoint.max_length,
        checkpoint.lower_case,
        checkpoint.pooling,
    )
    return digest("onnx", VERSION, *files, repr(settings), *prefixes)
