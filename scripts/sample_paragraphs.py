"""A sample of the text that our small tokenizers are trained on."""

import gzip

PARAGRAPH_LIMIT_BYTES = 2048


def sample_paragraphs(path, share_bytes):
    """Of a gzipped file with a paragraph a line, as many evenly spread ones as make about so many bytes."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        paragraphs = [line.strip() for line in lines]
    paragraphs = [p.encode()[:PARAGRAPH_LIMIT_BYTES].decode(errors="ignore") for p in paragraphs if p]
    step = max(1, sum(len(p.encode()) for p in paragraphs) // share_bytes)
    return paragraphs[::step]
