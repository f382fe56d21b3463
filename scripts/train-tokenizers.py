"""Trains the unigram tokenizers of the backbones this project makes: `tiny` (4,096 pieces, the preset `t5-tiny-random`) and
`mini` (8,192 pieces, `@petl/backbone-mini`).

Development time only; the results are committed. Needs Python with `tokenizers` (0.23.3 made the committed files).

    python scripts/train-tokenizers.py tiny|mini [--data DIR] [--out FILE] [--check]

Text: freely usable parts of the corpora (tiny: novels, eltec, speeches; mini: masc too), sampled without a random number
generator: the first 2 KiB of every Nth paragraph, N chosen per file so that it gives its share of about 20 MB. Only pieces and their
scores are written, no text. Words go to the trainer sorted and one thread trains, because its result depends on the
order in which it meets words; the characters it found too rare to score it ranks in the order of a randomly seeded
hash map, so they are ranked by code point here. So the output is the same bit for bit (`--check` trains and compares
with the file already there):

    tiny  sha256 b663350440d562c06a3df3a9cab5d8c1832550dbb4ad7e2eb928fac586a6216f
    mini  sha256 0e94cd8034f2012f1adb77736c780c2ca254b7d2b92cfa8e478709a5e0fb86ce

Text is lower-cased and punctuation is apart from words: with so few pieces one spelling of a word is all there is room for, and
GLUE holds lower-cased (SST-2) as well as ordinary English. The vocabulary is laid out as T5's: <pad> 0, </s> 1,
<unk> 2, pieces, then <extra_id_99> ... <extra_id_0> as the last 100 ids.
"""

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import Tokenizer, __version__, decoders, models, normalizers, pre_tokenizers, processors, trainers

from sample_paragraphs import sample_paragraphs
from tokenizers import Regex

from sample_paragraphs import sample_paragraphs

ROOT = Path(__file__).resolve().parent.parent
SENTINELS = 100
OLD_SHARES_BYTES = {"novels.txt.gz": 11_000_000, "eltec.txt.gz": 8_000_000, "speeches.txt.gz": 1_000_000}


class Preset(NamedTuple):
    vocabulary: int
    shares_bytes: dict
    out: str


PRESETS = {
    "tiny": Preset(4096, OLD_SHARES_BYTES, "packages/families/t5/presets/t5-tiny-random"),
    "mini": Preset(8192, {**OLD_SHARES_BYTES, "masc.txt.gz": 2_000_000}, "packages/families/backbone-mini/checkpoint"),
}

# The only characters the vocabulary knows, each a piece: printable ASCII but capitals, accented letters, some signs.
ALPHABET = [chr(c) for c in range(0x21, 0x7F) if not chr(c).isupper()] + list("àáâãäåæçèéêëìíîïñòóôõöøùúûüýœßāēīōūšžčłć£€¥¢§°©®±×÷·•¿¡†½¼¾")

# Control characters, zero-width characters and U+FFFD separate words; typographic quotes and dashes become ASCII.
SEPARATORS = "[\x01-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffd]"
REPLACEMENTS = [
    ("\xad", ""),
    (SEPARATORS, " "),
    ("[\u2018\u2019\u201a\u201b\u2032\u00b4]", "'"),
    ("[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]", '"'),
    ("[\u2010-\u2015\u2212]", "-"),
]


def untrained_tokenizer():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex(pattern), content) for pattern, content in REPLACEMENTS]
        + [normalizers.NFKC(), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always"),
            pre_tokenizers.Punctuation(behavior="contiguous"),
        ]
    )
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def sorted_words(tokenizer, data, shares_bytes):
    """The sample's words within the alphabet, each as often as it occurs, in sorted order."""
    known = set(ALPHABET)
    words = []
    for name, share_bytes in shares_bytes.items():
        for paragraph in sample_paragraphs(data / name, share_bytes):
            spelt = tokenizer.normalizer.normalize_str(paragraph).split()
            words.extend(word for word in spelt if known.issuperset(word))
    words.sort()
    return words


def train(data, preset):
    tokenizer = untrained_tokenizer()
    trainer = trainers.UnigramTrainer(
        vocab_size=preset.vocabulary - SENTINELS,
        special_tokens=["<pad>", "</s>", "<unk>"],
        unk_token="<unk>",
        initial_alphabet=ALPHABET,
        max_piece_length=16,
        show_progress=False,
    )
    tokenizer.train_from_iterator(sorted_words(tokenizer, data, preset.shares_bytes), trainer)
    return with_t5_layout(json.loads(tokenizer.to_str()), preset.vocabulary)


def with_t5_layout(document, size):
    pieces = [[piece, round(score, 6)] for piece, score in document["model"]["vocab"]]
    head, body = pieces[:3], with_rare_characters_ranked(pieces[3:])
    assert [piece for piece, _ in head] == ["<pad>", "</s>", "<unk>"], head
    body.sort(key=lambda entry: (-entry[1], entry[0]))
    missing = set(ALPHABET) - {piece for piece, _ in body}
    assert not missing, f"the trainer dropped {missing}"
    vocabulary = head + body + [[f"<extra_id_{i}>", 0.0] for i in range(SENTINELS - 1, -1, -1)]
    assert len(vocabulary) == size, len(vocabulary)
    document["model"]["vocab"] = vocabulary
    special = [0, 1, 2] + list(range(size - SENTINELS, size))
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    document["added_tokens"] = [{"id": i, "content": vocabulary[i][0], **flags} for i in special]
    tokenizer = Tokenizer.from_str(json.dumps(document))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=["$A", "</s>"], pair=["$A", "</s>", "$B", "</s>"], special_tokens=[("</s>", 1)]
    )
    return json.loads(tokenizer.to_str())


def with_rare_characters_ranked(pieces):
    floor = min(score for piece, score in pieces if len(piece) > 1)
    rare = sorted(piece for piece, score in pieces if score < floor)
    assert all(len(piece) == 1 for piece in rare), rare
    scores = {piece: round(floor - 0.0001 * (rank + 1), 6) for rank, piece in enumerate(rare)}
    return [[piece, scores.get(piece, score)] for piece, score in pieces]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", choices=PRESETS)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data/corpora")
    parser.add_argument("--out", type=Path, help="default: where it is committed")
    parser.add_argument("--check", action="store_true", help="compare with the file instead of writing it")
    options = parser.parse_args()
    preset = PRESETS[options.preset]
    out = options.out or ROOT / preset.out / "tokenizer.json"
    text = json.dumps(train(options.data, preset), ensure_ascii=False, separators=(",", ":")) + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    print(f"tokenizers {__version__}, sha256 {digest}, {len(text.encode())} bytes", file=sys.stderr)
    if options.check:
        if out.read_bytes() != text.encode():
            sys.exit(f"{out} differs from what this script makes; run it without --check to replace it")
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
