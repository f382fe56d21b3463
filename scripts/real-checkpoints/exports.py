"""Loads what exports.mjs exported in transformers and PEFT, and compares class logits or log-likelihoods with `bench predict`.

python scripts/real-checkpoints/exports.py OUT/CHECKPOINT-TASK-SCORING.json
"""

import argparse
import importlib.util
import json
from pathlib import Path

import peft
import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging

import glue
from likelihood import choice_scores, choices_of, padded

TOLERANCE = 1e-3  # of logits, and of log-likelihoods in nats
BATCH = 10


def load(export):
    """The model that an export describes, and the tokenizer that stands beside a merged one, or beside its backbone."""
    merged = export["layout"] == "merged"
    directory, start = Path(export["directory"]), export["directory"] if merged else export["backbone"]
    head = export["scoring"] == "head"
    model_class = AutoModelForSequenceClassification if head else AutoModelForCausalLM
    classes = {"num_labels": len(export["scores"][0])} if head and not merged else {}
    model, loaded = model_class.from_pretrained(start, dtype=torch.float32, output_loading_info=True, **classes)
    if merged and (loaded["missing_keys"] or loaded["unexpected_keys"]):
        raise SystemExit(f"exports: {directory}: expected exactly the tensors of {model_class.__name__}, got {loaded}")
    if export["layout"] == "peft":
        model = peft.PeftModel.from_pretrained(model, directory)
    elif export["layout"] == "torch":
        model = attached(model, directory)
    return model.eval(), AutoTokenizer.from_pretrained(start)


def attached(model, directory):
    """A method that comes with its own module, on a model of transformers."""
    (source,) = directory.glob("petl_*.py")
    spec = importlib.util.spec_from_file_location(source.stem, source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, f"attach_{source.stem.removeprefix('petl_')}")(model, directory)


def class_logits(model, tokenizer, texts):
    """(rows, classes)"""
    logits = []
    for begin in range(0, len(texts), BATCH):
        columns = [list(column) for column in zip(*texts[begin : begin + BATCH], strict=True)]
        logits.append(model(**tokenizer(*columns, padding=True, padding_side="right", return_tensors="pt")).logits)
    return torch.cat(logits)


def log_likelihoods(model, tokenizer, texts, task):
    """Of each answer, in nats: (rows, answers)"""
    rows = [glue.Row(task, index, tuple(sentences), 0) for index, sentences in enumerate(texts)]

    def logits_at(sequences, positions):
        inputs = {
            "input_ids": padded(sequences, tokenizer.pad_token_id),
            "attention_mask": padded([[1] * len(ids) for ids in sequences], 0),
        }
        logits = model(**inputs, use_cache=False).logits
        return torch.cat([row[at] for row, at in zip(logits, positions, strict=True)])

    return choice_scores(choices_of(tokenizer, rows), BATCH, logits_at)


def compare(export):
    model, tokenizer = load(export)
    with torch.no_grad():
        if export["scoring"] == "head":
            theirs = class_logits(model, tokenizer, export["texts"])
        else:
            theirs = log_likelihoods(model, tokenizer, export["texts"], export["task"])
    return (theirs - torch.tensor(export["scores"])).abs().max().item()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("exports", type=Path)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    failed = 0
    for each in json.loads(parser.parse_args().exports.read_text()):
        name = " ".join(each[key] for key in ("checkpoint", "task", "scoring", "method", "layout"))
        difference = compare(each)
        failed += not difference <= TOLERANCE
        print(f"{name:48}{len(each['texts'])} rows, largest difference {difference:.1e}", flush=True)
    if failed:
        raise SystemExit(f"exports: {failed} differ by more than {TOLERANCE}")
