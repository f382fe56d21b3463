"""What transformers computes with the real checkpoints on real GLUE, for tests to compare with; see README.md.

python scripts/real-checkpoints/reference.py MODELS_DIR GLUE_DIR OUT [NAME ...]
"""

import argparse
import hashlib
import json
import math
import platform
import time
from importlib.metadata import version
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
)
from transformers.utils import logging

import glue
from likelihood import by_length, choice_scores, choices_of, padded

NAMES = ("minilm-l6", "bert-base-uncased", "flan-t5-small", "smollm2-135m")
KINDS = {"bert": "encoder", "t5": "encoder-decoder", "llama": "decoder", "qwen2": "decoder"}
SINGLES = {"sst2": 250, "cola": 250}
PAIRS = {"mrpc": 125, "qqp": 125, "qnli": 125, "rte": 125}
TRUNCATED_TO = 32
STATES_EVERY = 10  # of the 1,000 rows, whose states are kept
BATCH = 20
LAYERED_ROWS = 4
LAYERS = 3
CLASSES = 3


class Checkpoint:
    """A model, its tokenizer, and how it reads a row of GLUE."""

    def __init__(self, directory):
        for name in ("config.json", "model.safetensors", "tokenizer.json"):
            if not (directory / name).is_file():
                raise SystemExit(f"reference: expected {directory / name}; see README.md for where checkpoints come from")
        self.directory, self.name = directory, directory.name
        self.config = AutoConfig.from_pretrained(directory)
        if self.config.model_type not in KINDS:
            raise SystemExit(f"reference: expected a model_type of {', '.join(KINDS)}, got {self.config.model_type}")
        self.kind = KINDS[self.config.model_type]
        classes = {"encoder": AutoModel, "encoder-decoder": AutoModelForSeq2SeqLM, "decoder": AutoModelForCausalLM}
        settings = {"dtype": torch.float32, "attn_implementation": "eager"}
        load = lambda **more: classes[self.kind].from_pretrained(directory, output_loading_info=True, **settings, **more)
        model, loaded = load()
        if loaded["missing_keys"] and all(key.startswith("pooler.") for key in loaded["missing_keys"]):
            model, loaded = load(add_pooling_layer=False)
        if loaded["missing_keys"]:  # transformers would draw them at random
            raise SystemExit(f"reference: {self.name}: expected all tensors, missing are {sorted(loaded['missing_keys'])}")
        self.model = model.eval()
        self.tokenizer = AutoTokenizer.from_pretrained(directory)
        self.pad = self.config.pad_token_id
        self.plain = Tokenizer.from_file(str(directory / "tokenizer.json"))  # as the file says, without transformers
        self.plain.no_padding()
        self.plain.no_truncation()

    def texts(self, row):
        """The sentences for an encoder; one text for a text model."""
        if self.kind == "encoder":
            return list(row.sentences)
        return [glue.t5_text(row) if self.kind == "encoder-decoder" else glue.prompt(row)]

    def encode(self, texts, **settings):
        return self.tokenizer(*texts, **settings)

    def origin(self):
        weights = (self.directory / "model.safetensors").read_bytes()
        return {
            "checkpoint": self.name,
            "weightsSha256": hashlib.sha256(weights).hexdigest(),
            "python": platform.python_version(),
            "versions": {name: version(name).split("+")[0] for name in ("torch", "transformers", "tokenizers")},
        }


def rows_of(directory):
    """1,000 rows of the development sets: 500 single sentences, then 500 pairs."""
    return [row for task, count in {**SINGLES, **PAIRS}.items() for row in glue.read(directory, task, "dev")[:count]]


def named(row):
    return {"task": row.task, "index": row.index}


def token_ids(checkpoint, rows):
    """Ids and token types of each row, whole and cut to TRUNCATED_TO tokens, the longer sentence first."""
    written = []
    for row in rows:
        texts = checkpoint.texts(row)
        whole = checkpoint.encode(texts)
        cut = checkpoint.encode(texts, truncation=True, max_length=TRUNCATED_TO)
        plain = checkpoint.plain.encode(*texts)
        if plain.ids != whole["input_ids"]:
            raise SystemExit(f"reference: {checkpoint.name}: transformers and tokenizer.json differ on {named(row)}")
        types = {} if checkpoint.kind != "encoder" else {"typeIds": whole["token_type_ids"]}
        cut_types = {} if checkpoint.kind != "encoder" else {"truncatedTypeIds": cut["token_type_ids"]}
        ids = {"ids": whole["input_ids"], **types, "truncated": cut["input_ids"], **cut_types}
        written.append({**named(row), "texts": texts, **ids})
    return {"truncatedTo": TRUNCATED_TO, "rows": written}


def batch_of(checkpoint, encoded):
    """Right-padded inputs of one batch and their lengths."""
    ids = [each["input_ids"] for each in encoded]
    inputs = {"input_ids": padded(ids, checkpoint.pad), "attention_mask": padded([[1] * len(each) for each in ids], 0)}
    if checkpoint.kind == "encoder":
        inputs["token_type_ids"] = padded([each["token_type_ids"] for each in encoded], 0)
    return inputs, [len(each) for each in ids]


def real(values, lengths):
    """The real positions of a right-padded batch, one row after the other: (sum of lengths, width)."""
    return torch.cat([row[:length] for row, length in zip(values, lengths, strict=True)])


def classifier(checkpoint):
    """A head nobody trained, so that logits can be compared: N(0, 0.02) weights, from seed 0."""
    random = torch.Generator().manual_seed(0)
    return 0.02 * torch.randn(CLASSES, checkpoint.config.hidden_size, generator=random)


def states(checkpoint, rows):
    """States and logits of every tenth row, in batches of BATCH in that order, each padded on the right to its longest row."""
    chosen = rows[::STATES_EVERY]
    parts, lengths = {}, []
    head = classifier(checkpoint) if checkpoint.kind == "encoder" else None
    answers = [checkpoint.encode([glue.WORDS[row.task][row.label]])["input_ids"] for row in chosen]
    for begin in range(0, len(chosen), BATCH):
        encoded = [checkpoint.encode(checkpoint.texts(row)) for row in chosen[begin : begin + BATCH]]
        inputs, own = batch_of(checkpoint, encoded)
        for name, value in forward(checkpoint, inputs, own, head, answers[begin : begin + BATCH]).items():
            if name.startswith("layer."):
                parts.setdefault(name, [value] if begin == 0 else [])
            else:
                parts.setdefault(name, []).append(value)
        lengths += own
    tensors = {name: torch.cat(values) for name, values in parts.items()}
    if "pooled" in tensors:
        tensors["classifier.weight"] = head
    shapes = {name: list(tensor.shape) for name, tensor in tensors.items()}
    written = [{**named(row), "tokens": length} for row, length in zip(chosen, lengths, strict=True)]
    if checkpoint.kind == "encoder-decoder":
        written = [{**row, "answer": ids} for row, ids in zip(written, answers, strict=True)]
    return tensors, {"batch": BATCH, "layeredRows": LAYERED_ROWS, "shapes": shapes, "rows": written}


def forward(checkpoint, inputs, lengths, head, answers):
    """Named states of one batch; `answers` are what an encoder-decoder's decoder is fed and asked."""
    few = lengths[:LAYERED_ROWS]
    layered = lambda hidden: {f"layer.{i}": real(hidden[i][: len(few)], few) for i in range(LAYERS + 1)}
    if checkpoint.kind == "encoder":
        output = checkpoint.model(**inputs, output_hidden_states=True)
        pooled = output.pooler_output
        logits = {} if pooled is None else {"pooled": pooled, "logits": pooled @ head.T}
        return {"lastHidden": real(output.last_hidden_state, lengths), **layered(output.hidden_states), **logits}
    if checkpoint.kind == "encoder-decoder":
        targets = padded(answers, -100)  # transformers shifts them for the decoder and shows it padding for -100
        output = checkpoint.model(**inputs, labels=targets, output_hidden_states=True, use_cache=False)
        answered = [len(ids) for ids in answers]
        return {
            "lastHidden": real(output.encoder_last_hidden_state, lengths),
            **layered(output.encoder_hidden_states),
            "decoderLastHidden": real(output.decoder_hidden_states[-1], answered),
            "logits": real(output.logits, answered),
        }
    output = checkpoint.model.model(**inputs, output_hidden_states=True, use_cache=False)
    read = [row[:length] for row, length in zip(output.last_hidden_state, lengths, strict=True)]
    nexts = []
    for row, ids in zip(read, inputs["input_ids"], strict=True):  # one row at a time: a batch's logits take a gigabyte
        logs = checkpoint.model.lm_head(row[:-1]).log_softmax(-1)
        nexts.append(logs.gather(-1, ids[1 : len(row), None])[:, 0])
    return {
        "lastHidden": torch.cat(read),
        **layered(output.hidden_states),
        "logits": checkpoint.model.lm_head(torch.stack([row[-1] for row in read])),
        "tokenLogProbabilities": torch.cat(nexts),
    }


def label_scores(checkpoint, rows, task):
    """Log-likelihood of each label text for each row, and the logits that the greedy walk over the label texts compares."""
    sources = [checkpoint.encode(checkpoint.texts(row))["input_ids"] for row in rows]
    labels = [checkpoint.encode([word])["input_ids"] for word in glue.WORDS[task]]
    likelihoods, logits = torch.empty(len(rows), len(labels)), torch.empty(len(rows), len(labels))
    fork = next(at for at in range(len(labels[0])) if len({ids[at] for ids in labels}) > 1)
    assert len({ids[fork] for ids in labels}) == len(labels), "the walk has more than one branching"
    for indices in by_length(sources, BATCH):
        inputs, _ = batch_of(checkpoint, [{"input_ids": sources[index]} for index in indices])
        encoded = checkpoint.model.encoder(**inputs)
        for label, ids in enumerate(labels):
            output = checkpoint.model(
                encoder_outputs=encoded,
                attention_mask=inputs["attention_mask"],
                labels=torch.tensor([ids] * len(indices)),
                use_cache=False,
            ).logits
            chosen = torch.tensor(ids)[None, :, None].expand(len(indices), -1, 1)
            likelihoods[indices, label] = output.log_softmax(-1).gather(-1, chosen).sum((1, 2))
            logits[indices, label] = output[:, fork, ids[fork]]
    return likelihoods, logits, labels


def logits_of(checkpoint):
    """The logits of a decoder after some positions of each sequence."""

    def logits_at(sequences, positions):
        inputs, _ = batch_of(checkpoint, [{"input_ids": ids} for ids in sequences])
        states = checkpoint.model.model(**inputs, use_cache=False).last_hidden_state
        read = torch.cat([state[at] for state, at in zip(states, positions, strict=True)])
        return checkpoint.model.lm_head(read)

    return logits_at


def margins(scores):
    best = scores.sort(-1, descending=True).values
    return best[:, 0] - best[:, 1]


def chosen(rows, scores):
    """Choices, how many are right, and how far the best leads: the least lead tells whether another engine may differ."""
    choices = scores.argmax(-1).tolist()
    right = sum(choice == row.label for choice, row in zip(choices, rows, strict=True))
    leads = margins(scores)
    return choices, {"accuracy": right / len(rows), "right": right, "smallestLead": leads.min().item()}


def zero_shot(checkpoint, directory):
    """What the checkpoint answers on whole development sets without any training; an encoder answers none."""
    tasks = {"encoder": (), "encoder-decoder": ("sst2",), "decoder": ("sst2", "rte")}[checkpoint.kind]
    return {task: answers_of(checkpoint, glue.read(directory, task, "dev"), task) for task in tasks}


def answers_of(checkpoint, rows, task):
    if checkpoint.kind == "encoder-decoder":
        scores, logits, labels = label_scores(checkpoint, rows, task)
        walked, walk_facts = chosen(rows, logits)
        how = {"labels": [{"text": t, "ids": ids} for t, ids in zip(glue.WORDS[task], labels, strict=True)]}
        more = [{"walkLogits": values, "walkChoice": at} for values, at in zip(logits.tolist(), walked, strict=True)]
        facts = {"walk": walk_facts}
    else:
        parts = choices_of(checkpoint.tokenizer, rows)
        scores = choice_scores(parts, BATCH, logits_of(checkpoint))
        tokens = [sorted({len(pairs[choice][1]) for pairs in parts}) for choice in range(scores.shape[1])]
        how = {"choices": [f" {choice}" for choice in glue.CHOICES[task]], "tokensOfChoices": tokens}
        more, facts = [{}] * len(rows), {}
    choices, likelihood_facts = chosen(rows, scores)
    assert all(math.isfinite(value) for value in scores.flatten().tolist())
    return {
        **how,
        "likelihood": likelihood_facts,
        **facts,
        "rows": [
            {"index": row.index, "label": row.label, "logLikelihoods": values, "choice": choice, **extra}
            for row, values, choice, extra in zip(rows, scores.tolist(), choices, more, strict=True)
        ],
    }


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {path} ({path.stat().st_size:,} bytes)", flush=True)


def write(checkpoint, rows, directory, out):
    out.mkdir(parents=True, exist_ok=True)
    begin = time.perf_counter()
    origin = checkpoint.origin()
    write_json(out / "tokens.json", {**origin, **token_ids(checkpoint, rows)})
    tensors, facts = states(checkpoint, rows)
    save_file({name: value.contiguous() for name, value in tensors.items()}, out / "states.safetensors")
    write_json(out / "states.json", {**origin, **facts})
    answers = zero_shot(checkpoint, directory)
    if answers:
        write_json(out / "zero-shot.json", {**origin, "tasks": answers})
        for task, found in answers.items():
            print(f"{checkpoint.name} {task}: {found['likelihood']} {found.get('walk', '')}")
    print(f"{checkpoint.name}: {time.perf_counter() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", type=Path, help="directory that holds a folder for each checkpoint")
    parser.add_argument("glue", type=Path, help="GLUE in the official layout")
    parser.add_argument("out", type=Path, help="outside every repository: it holds GLUE's texts")
    parser.add_argument("names", nargs="*", default=NAMES, help=f"default: {' '.join(NAMES)}")
    arguments = parser.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    wanted = rows_of(arguments.glue)
    with torch.no_grad():
        for name in arguments.names:
            write(Checkpoint(arguments.models / name), wanted, arguments.glue, arguments.out / name)
