"""Trains the WordPiece tokenizer of encoders with random weights: 2,000 pieces, the preset `bert-tiny-random`.

Development time only; the results are committed. Needs Python with `tokenizers` (0.23.3 made the committed files).

    python packages/families/bert/scripts/train-tokenizer.py [--data DIR] [--check]

Text: freely usable English prose in gzipped files, a paragraph a line (`novels.txt.gz`, `speeches.txt.gz`), sampled as
scripts/train-tokenizers.py samples it for T5's. Only pieces are written, no text. Words go to the trainer sorted, one thread trains,
and pieces are laid out by length and code point, so the output is the same bit for bit (`--check` compares it with the
committed file).

Ids as in BERT: [PAD] 0, then [UNK], [CLS], [SEP], [MASK], then pieces, lower-cased; a text becomes `[CLS] A [SEP]`, two become
`[CLS] A [SEP] B [SEP]` with token type 1 from B on.
"""

import argparse
import collections
import json
import os
import sys
from pathlib import Path

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import Tokenizer, __version__, decoders, models, normalizers, pre_tokenizers, processors

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from sample_paragraphs import sample_paragraphs

OUT = PACKAGE / "presets/bert-tiny-random"
VOCABULARY = 2000
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SHARES_BYTES = {"novels.txt.gz": 4_000_000, "speeches.txt.gz": 1_000_000}
ALPHABET = [chr(code) for code in range(0x21, 0x7F) if not chr(code).isupper()]


def word_counts(data):
    """How often each word within the alphabet occurs, after BERT's normalisation and division into words."""
    normalizer, divide = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    known, counts = set(ALPHABET), collections.Counter()
    for name, share in SHARES_BYTES.items():
        for paragraph in sample_paragraphs(data / name, share):
            words = (word for word, _ in divide.pre_tokenize_str(normalizer.normalize_str(paragraph)))
            counts.update(word for word in words if known.issuperset(word))
    return counts


def pieces(counts, size):
    """The alphabet, at a word's start and within one, then the pieces that merging the most frequent neighbours gives."""
    words = {word: [word[0], *("##" + character for character in word[1:])] for word in counts}
    vocabulary = dict.fromkeys([*ALPHABET, *("##" + character for character in ALPHABET)])
    pairs, places = collections.Counter(), collections.defaultdict(set)
    for word, parts in words.items():
        for pair in zip(parts, parts[1:]):
            pairs[pair] += counts[word]
            places[pair].add(word)
    while len(vocabulary) < size:
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merged = best[0] + best[1].removeprefix("##")
        vocabulary[merged] = None
        for word in places.pop(best):
            merge(words, word, best, merged, pairs, places, counts[word])
        del pairs[best]
    return sorted(vocabulary, key=lambda piece: (len(piece.removeprefix("##")), piece))


def merge(words, word, best, merged, pairs, places, count):
    """Replaces a pair of neighbours in one word and counts its pairs anew."""
    old, new = words[word], []
    for part in old:
        if new and (new[-1], part) == best:
            new[-1] = merged
        else:
            new.append(part)
    words[word] = new
    for pair in zip(old, old[1:]):
        if pair != best:
            pairs[pair] -= count
    for pair in zip(new, new[1:]):
        pairs[pair] += count
        places[pair].add(word)


def tokenizer(vocabulary):
    ids = {piece: index for index, piece in enumerate([*SPECIAL, *vocabulary])}
    made = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    made.decoder = decoders.WordPiece(prefix="##")
    made.add_special_tokens(SPECIAL)
    return made


SETTINGS = {
    "tokenizer_class": "BertTokenizer",
    "do_lower_case": True,
    "model_max_length": 512,
    "unk_token": "[UNK]",
    "sep_token": "[SEP]",
    "pad_token": "[PAD]",
    "cls_token": "[CLS]",
    "mask_token": "[MASK]",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data/corpora")
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    options = parser.parse_args()
    made = json.loads(tokenizer(pieces(word_counts(options.data), VOCABULARY - len(SPECIAL))).to_str())
    made["model"]["vocab"] = dict(sorted(made["model"]["vocab"].items(), key=lambda entry: entry[1]))
    texts = {
        "tokenizer.json": json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n",
        "tokenizer_config.json": json.dumps(SETTINGS, indent=2) + "\n",
    }
    print(f"tokenizers {__version__}, {len(texts['tokenizer.json'].encode())} bytes", file=sys.stderr)
    for name, text in texts.items():
        if not options.check:
            (OUT / name).write_text(text, encoding="utf-8")
        elif (OUT / name).read_text(encoding="utf-8") != text:
            sys.exit(f"{OUT / name} differs from what this script makes; run it without --check to replace it")


if __name__ == "__main__":
    main()
