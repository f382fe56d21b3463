"""MiniLM on MRPC with PEFT's LoRA and full fine-tuning over several seeds: dev scores after each epoch, one JSON line a run.

python scripts/real-checkpoints/peft_mrpc.py MODEL_DIR GLUE_DIR RESULTS.jsonl [--methods lora,full] [--seeds 0,1,2,3,4]
  [--learning-rate lora=1e-3 full=5e-5] [--dropout none|own] [--trial STEPS] [--start FILE]

A run that RESULTS has already is left out. With --start, the one run asked for begins as a run of this project does: in its order of rows,
with the values that it drew. Dropout of the backbone is 0 unless it is `own` (the configuration's, 0.1 here).
"""

import argparse
import json
import os
import platform
import statistics
import time
from importlib.metadata import version
from pathlib import Path

import torch
from transformers import AutoTokenizer
from transformers.utils import logging

import glue
from likelihood import by_length
from models import TunedEncoder
from start import read_start, set_params
from training import Settings, classification_scores, fit

MAX_LENGTH = 128
EVALUATION_BATCH = 64


def rate_of(text):
    method, _, rate = text.partition("=")
    if method not in ("lora", "full") or not rate:
        raise argparse.ArgumentTypeError(f"expected lora=RATE or full=RATE, got {text}")
    return method, float(rate)


def method_of(text):
    if text not in ("lora", "full"):
        raise SystemExit(f"peft_mrpc: expected --methods of lora and full, got {text}")
    return text


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("glue", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--methods", default="lora,full")
    parser.add_argument("--seeds", default="0,1,2,3,4")
    parser.add_argument("--learning-rate", type=rate_of, nargs="+", default=[], dest="rates")
    parser.add_argument("--dropout", choices=("none", "own"), default="none")
    parser.add_argument("--trial", type=int, help="stop each run after so many steps, print its losses and write nothing")
    parser.add_argument("--start", type=Path, help="written by benchmarks/parity/mrpc.mjs --trial; for one method and seed")
    found = parser.parse_args()
    if not (found.model / "config.json").is_file():
        raise SystemExit(f"peft_mrpc: expected a checkpoint in {found.model}; see README.md for where it comes from")
    found.methods = [method_of(text) for text in found.methods.split(",")]
    found.seeds = [int(seed) for seed in found.seeds.split(",")]
    if found.start and len(found.methods) * len(found.seeds) != 1:
        raise SystemExit("peft_mrpc: expected one method and one seed with --start; give --methods and --seeds")
    found.rates = {"lora": 1e-3, "full": 5e-5, **dict(found.rates)}
    return found


def done_runs(path):
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {key_of(json.loads(line)) for line in lines}


def key_of(run):
    return (run["method"], run["seed"], run["learningRate"], run["dropout"])


class Data:
    """A split as token ids, and its batches, padded to their longest row."""

    def __init__(self, tokenizer, rows):
        self.tokenizer = tokenizer
        firsts, seconds = zip(*(row.sentences for row in rows), strict=True)
        self.encoded = tokenizer(list(firsts), list(seconds), truncation=True, max_length=MAX_LENGTH)
        self.labels = [row.label for row in rows]

    def batch(self, indices):
        chosen = {name: [values[index] for index in indices] for name, values in self.encoded.items()}
        return dict(self.tokenizer.pad(chosen, return_tensors="pt")), torch.tensor([self.labels[i] for i in indices])

    @torch.no_grad()
    def choices(self, model):
        choices = [0] * len(self.labels)
        for indices in by_length(self.encoded["input_ids"], EVALUATION_BATCH):
            for index, choice in zip(indices, model(self.batch(indices)[0]).argmax(-1).tolist(), strict=True):
                choices[index] = choice
        return choices


def run(settings, method, dropout, directory, train, dev, start):
    """One run's line: scores after each epoch, what was trained, how long a step took."""
    torch.manual_seed(settings.seed)
    model = TunedEncoder(directory, method, classes=2, dropout=0.0 if dropout == "none" else None)
    orders, drawn = read_start(start) if start else (None, {})
    set_params(model, drawn)
    epochs, started = [], time.perf_counter()

    def evaluate(epoch, loss):
        epochs.append({"epoch": epoch, "loss": loss, **classification_scores(dev.choices(model), dev.labels)})
        print(method, settings.seed, epochs[-1], flush=True)

    steps = fit(model, train.batch, len(train.labels), settings, evaluate, orders)
    head = sum(param.numel() for param in model.head_params())
    return {
        "method": method,
        "seed": settings.seed,
        "learningRate": settings.learning_rate,
        "dropout": dropout,
        "epochs": epochs,
        "trained": sum(param.numel() for param in model.method_params()),
        "head": head,
        "stepMs": 1000 * statistics.median(steps.seconds),
        "processorStepMs": 1000 * statistics.median(steps.processor_seconds),
        "steps": len(steps.seconds),
        "stepLosses": steps.losses,
        "wallTimeS": time.perf_counter() - started,
    }


def main():
    asked = arguments()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(asked.model)
    train, dev = (Data(tokenizer, glue.read(asked.glue, "mrpc", split)) for split in ("train", "dev"))
    packages = ("torch", "transformers", "peft")
    about = {
        "checkpoint": asked.model.name,
        "rows": {"train": len(train.labels), "dev": len(dev.labels)},
        "maxLength": MAX_LENGTH,
        "python": platform.python_version(),
        "versions": {name: version(name).split("+")[0] for name in packages},
        "threads": torch.get_num_threads(),
    }
    done = done_runs(asked.results)
    for seed in asked.seeds:
        for method in asked.methods:
            settings = Settings(seed=seed, learning_rate=asked.rates[method], steps=asked.trial)
            key = {"method": method, "seed": seed, "learningRate": asked.rates[method], "dropout": asked.dropout}
            if key_of(key) in done:
                continue
            line = {**run(settings, method, asked.dropout, asked.model, train, dev, asked.start), **about}
            print(f"{method} seed {seed}: {line['stepMs']:.0f} ms a step ({line['processorStepMs']:.0f} of processors), {line['wallTimeS']:.0f} s", flush=True)
            if asked.trial is not None:
                print(json.dumps(line))
            else:
                with asked.results.open("a", encoding="utf-8") as results:
                    results.write(json.dumps(line) + "\n")
                    results.flush()
                    os.fsync(results.fileno())


if __name__ == "__main__":
    main()
