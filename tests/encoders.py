"""Tiny encoders with random weights, written as their libraries write them. Needs torch and transformers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

MISSING = "torch or sentence-transformers is not installed (extra `transformers`)"
SPOKEN = """
the flow failed at night because of a certificate that expired sepa _ out cib rejected : signature file is wrong restart
settlement job after database timeout recette de la tarte aux pommes grand - mère rotate api keys every ninety days run
of for word payment passage query number about flows longer
""".split()
WORDS = list(dict.fromkeys([*SPOKEN, *map(str, range(80))]))
KINDS = ("t5", "bert", "xlm-roberta")
LENGTHS = {"t5": 96, "bert": 64, "xlm-roberta": 64}


def needed() -> Any:
    """The transformers module; skips, saying so, where it is not."""
    pytest.importorskip("torch", reason=MISSING)
    pytest.importorskip("sentence_transformers", reason=MISSING)
    return pytest.importorskip("transformers", reason=MISSING)


def write_encoder(folder: Path, kind: str, *, seed: int = 0, hidden: int = 96, full_t5: bool = True) -> Path:
    """A plain Transformers folder: config, tokenizer, model.safetensors. T5 with its decoder, as published ones are."""
    transformers = needed()
    import torch

    torch.manual_seed(seed)
    first, last = {"t5": (None, "</s>"), "bert": ("[CLS]", "[SEP]"), "xlm-roberta": ("<s>", "</s>")}[kind]
    special = {"bert": ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]}.get(kind, ["<s>", "<pad>", "</s>", "<unk>"])
    pad, unknown = ("[PAD]", "[UNK]") if kind == "bert" else ("<pad>", "<unk>")
    tokenizer = Tokenizer(models.WordLevel({w: n for n, w in enumerate([*special, *WORDS])}, unk_token=unknown))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Split("_", "isolated")]
    )
    frame = " ".join(part for part in (first, "$A", last) if part)
    used = [(name, special.index(name)) for name in (first, last) if name]
    tokenizer.post_processor = processors.TemplateProcessing(frame, None, used)
    sizes = {"vocab_size": len(special) + len(WORDS), "pad_token_id": special.index(pad)}
    if kind == "t5":
        config = transformers.T5Config(
            d_model=hidden, d_kv=16, d_ff=64, num_layers=2, num_heads=3, n_positions=LENGTHS[kind],
            decoder_start_token_id=1, eos_token_id=2, tie_word_embeddings=False, **sizes,
        )  # fmt: skip
        made = transformers.T5ForConditionalGeneration(config) if full_t5 else transformers.T5EncoderModel(config)
    else:
        family = {"bert": "Bert", "xlm-roberta": "XLMRoberta"}[kind]
        offset = sizes["pad_token_id"] + 1 if kind == "xlm-roberta" else 0
        config = getattr(transformers, f"{family}Config")(
            hidden_size=hidden, num_hidden_layers=2, num_attention_heads=3, intermediate_size=64,
            max_position_embeddings=LENGTHS[kind] + offset, **sizes,
        )  # fmt: skip
        made = getattr(transformers, f"{family}Model")(config)
    _spread_words(made)
    made.save_pretrained(folder)
    wrapped = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=pad, unk_token=unknown, eos_token=last, cls_token=first, sep_token=last
    )
    wrapped.save_pretrained(folder)
    return folder


def _spread_words(made: Any) -> None:
    """Weights with which words weigh more than their places and what the layers make of them: so it ranks."""
    for name, weights in made.named_parameters():
        if "word_embeddings" in name or name.startswith("shared") or "embed_tokens" in name:
            weights.data.normal_(0, 1)
        elif weights.dim() == 2:
            weights.data.normal_(0, 0.05)


def add_sentence_transformers(folder: Path, *modules: str, prompts: dict[str, str] | None = None) -> Path:
    """The files by which SentenceTransformers names what comes after the encoder."""
    listed = [
        {"idx": n, "name": str(n), "path": "" if kind == "Transformer" else f"{n}_{kind}",
         "type": f"sentence_transformers.models.{kind}"}
        for n, kind in enumerate(modules)
    ]  # fmt: skip
    (folder / "modules.json").write_text(json.dumps(listed))
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts or {}}))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 40}))
    config = json.loads((folder / "config.json").read_text())
    hidden = config.get("hidden_size", config.get("d_model"))
    for n, kind in enumerate(modules):
        if kind == "Pooling":
            (folder / f"{n}_Pooling").mkdir(exist_ok=True)
            pooling = {"word_embedding_dimension": hidden, "pooling_mode_mean_tokens": True}
            (folder / f"{n}_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder
