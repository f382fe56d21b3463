"""Trains the byte-level BPE tokenizer of decoders with random weights: 2,048 pieces, the preset `llama-tiny-random`.

Development time only; the results are committed. Needs Python with `tokenizers` (0.23.3 made the committed files).

    python packages/families/llama/scripts/train-tokenizer.py [--data DIR] [--check]

Text: freely usable English prose in gzipped files, a paragraph a line (`novels.txt.gz`, `speeches.txt.gz`), sampled as
scripts/train-tokenizers.py samples it for T5's, every second paragraph in lower case. Only pieces are written, no text. Paragraphs
go to the trainer sorted and one thread trains, so the output is the same bit for bit (`--check` compares it with the committed file).

Ids: <|begin_of_text|> 0, <|end_of_text|> 1, the 256 bytes, then merged pieces. A text becomes `<|begin_of_text|> A` as with Llama 3; there
is no padding piece, as there. Digits are pieces of their own.
"""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from sample_paragraphs import sample_paragraphs

OUT = PACKAGE / "presets/llama-tiny-random"
VOCABULARY = 2048
BEGIN, END = "<|begin_of_text|>", "<|end_of_text|>"
SHARES_BYTES = {"novels.txt.gz": 4_000_000, "speeches.txt.gz": 1_000_000}


def paragraphs(data):
    """Every second one in lower case, as some of GLUE is."""
    found = [text for name, share in SHARES_BYTES.items() for text in sample_paragraphs(data / name, share)]
    return sorted(text.lower() if index % 2 else text for index, text in enumerate(found))


def train(data):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[BEGIN, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(paragraphs(data), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[BEGIN, "$A"], pair=[BEGIN, "$A", f"{BEGIN}:1", "$B:1"], special_tokens=[(BEGIN, 0)]
    )
    return json.loads(tokenizer.to_str())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data/corpora")
    parser.add_argument("--check", action="store_true", help="compare with the committed file instead of writing it")
    options = parser.parse_args()
    text = json.dumps(train(options.data), ensure_ascii=False, separators=(",", ":")) + "\n"
    if options.check:
        sys.exit(0 if (OUT / "tokenizer.json").read_text() == text else "the tokenizer differs from the committed one")
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "tokenizer.json").write_text(text)
    names = {"bos_token": BEGIN, "eos_token": END, "pad_token": None, "unk_token": None}
    (OUT / "tokenizer_config.json").write_text(json.dumps(names, indent=2) + "\n")


if __name__ == "__main__":
    main()
