"""GLUE's rows and the texts that are made of them, as `@petl/glue` reads and writes them."""

from dataclasses import dataclass
from pathlib import Path

COLUMNS = {  # folder, the sentences' columns, the label's column
    "cola": ("CoLA", (3,), 1),  # has no header
    "sst2": ("SST-2", ("sentence",), "label"),
    "mrpc": ("MRPC", ("#1 String", "#2 String"), "Quality"),
    "qqp": ("QQP", ("question1", "question2"), "is_duplicate"),
    "qnli": ("QNLI", ("question", "sentence"), "label"),
    "rte": ("RTE", ("sentence1", "sentence2"), "label"),
}
FIELDS = {
    "cola": ("sentence",),
    "sst2": ("sentence",),
    "mrpc": ("sentence1", "sentence2"),
    "qqp": ("question1", "question2"),
    "qnli": ("question", "sentence"),
    "rte": ("sentence1", "sentence2"),
}
FILE_LABELS = {"qnli": ("entailment", "not_entailment"), "rte": ("entailment", "not_entailment")}
WORDS = {
    "cola": ("unacceptable", "acceptable"),
    "sst2": ("negative", "positive"),
    "mrpc": ("not_equivalent", "equivalent"),
    "qqp": ("not_duplicate", "duplicate"),
    "qnli": ("entailment", "not_entailment"),
    "rte": ("entailment", "not_entailment"),
}
# Prompts of EleutherAI's lm-evaluation-harness and what answers them, in the order of the classes.
PROMPTS = {
    "cola": "{0}\nQuestion: Does this sentence make sense?\nAnswer:",
    "sst2": "{0}\nQuestion: Is this sentence positive or negative?\nAnswer:",
    "mrpc": "Sentence 1: {0}\nSentence 2: {1}\nQuestion: Do both sentences mean the same thing?\nAnswer:",
    "qqp": "Question 1: {0}\nQuestion 2: {1}\nQuestion: Do both questions ask the same thing?\nAnswer:",
    "qnli": "{0}\n{1}\nQuestion: Does this response answer the question?\nAnswer:",
    "rte": "{0}\nQuestion: {1} True or False?\nAnswer:",
}
CHOICES = {
    "cola": ("no", "yes"),
    "sst2": ("negative", "positive"),
    "mrpc": ("no", "yes"),
    "qqp": ("no", "yes"),
    "qnli": ("yes", "no"),
    "rte": ("True", "False"),
}


@dataclass(frozen=True)
class Row:
    task: str
    index: int  # 0 for the first row of the file
    sentences: tuple[str, ...]
    label: int


def read(directory: Path, task: str, split: str, limit: int | None = None) -> list[Row]:
    """The rows of `train` or `dev` in the file's order; with a limit the sample that `--limit` takes."""
    folder, sentences, label = COLUMNS[task]
    path = Path(directory) / folder / f"{split}.tsv"
    if not path.is_file():
        raise SystemExit(f"glue: expected {path}; give the directory that holds {folder}")
    lines = path.read_bytes().decode("utf-8-sig").removesuffix("\n").split("\n")
    rows = [line.removesuffix("\r").split("\t") for line in lines]
    if isinstance(label, str):
        header = {name: position for position, name in enumerate(rows.pop(0))}
        sentences, label = [header[name] for name in sentences], header[label]
    classes = FILE_LABELS.get(task, ("0", "1"))
    found = [
        Row(task, index, tuple(fields[at] for at in sentences), classes.index(fields[label]))
        for index, fields in enumerate(rows)
    ]
    return found if limit is None else sample(found, limit)


def sample(rows: list[Row], size: int) -> list[Row]:
    """The rows with the `size` smallest keys, in the file's order; a key depends on the row's index alone."""
    return sorted(sorted(rows, key=lambda row: key_of(row.index))[:size], key=lambda row: row.index)


def key_of(position: int) -> int:
    """MurmurHash3's finalizer of a position that is shifted off zero."""
    key = (position + 0x9E3779B9) % 2**32
    key = (key ^ (key >> 16)) * 0x85EBCA6B % 2**32
    key = (key ^ (key >> 13)) * 0xC2B2AE35 % 2**32
    return key ^ (key >> 16)


def t5_text(row: Row) -> str:
    """T5's format: the task, then the fields sorted by name (Raffel et al. 2020, appendix D)."""
    fields = sorted(zip(FIELDS[row.task], row.sentences, strict=True))
    return " ".join([row.task, *(f"{name}: {text}" for name, text in fields)])


def prompt(row: Row) -> str:
    return PROMPTS[row.task].format(*row.sentences)
