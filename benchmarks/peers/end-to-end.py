"""A whole fine-tuning in PyTorch, transformers and PEFT: read, tokenise, train, evaluate. Prints one JSON line with what each took.

python benchmarks/peers/end-to-end.py --models DIR --glue DIR --backbone minilm-l6 --task mrpc --method lora [--threads 2]
python benchmarks/peers/end-to-end.py --models DIR --glue DIR --backbone smollm2-135m --task sst2 --rows 500 --method read

Float32 on the CPU, no dropout, batches shuffled and padded to their longest row. An encoder gets a classifier on its pooler; a decoder
learns the answer's tokens after the prompt of lm-evaluation-harness and answers by log-likelihood, with logits computed only where
they are read. Needs scripts/real-checkpoints/requirements.txt; checkpoints are described there.
"""

import time

begin = time.perf_counter()

import argparse  # noqa: E402
import json  # noqa: E402
import resource  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
from importlib.metadata import version  # noqa: E402
from pathlib import Path  # noqa: E402

import torch  # noqa: E402
from transformers import AutoConfig, AutoTokenizer  # noqa: E402
from transformers.utils import logging  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts/real-checkpoints"))
import glue  # noqa: E402
from likelihood import by_length, choice_scores, choices_of, padded  # noqa: E402
from models import METHODS, TunedDecoder, TunedEncoder  # noqa: E402
from start import read_start, set_params  # noqa: E402
from training import Settings, classification_scores, fit  # noqa: E402


class EncoderData:
    """Rows as one or two segments and their class."""

    def __init__(self, tokenizer, rows, max_length):
        self.tokenizer, self.rows = tokenizer, rows
        segments = zip(*(row.sentences for row in rows), strict=True)
        self.encoded = tokenizer(*map(list, segments), truncation=True, max_length=max_length)

    def batch(self, indices):
        chosen = {name: [values[index] for index in indices] for name, values in self.encoded.items()}
        targets = torch.tensor([self.rows[index].label for index in indices])
        return dict(self.tokenizer.pad(chosen, return_tensors="pt")), targets

    def choices(self, model, batch):
        choices = [0] * len(self.rows)
        for indices in by_length(self.encoded["input_ids"], batch):
            for index, choice in zip(indices, model(self.batch(indices)[0]).argmax(-1).tolist(), strict=True):
                choices[index] = choice
        return choices


class DecoderData:
    """Rows as a prompt and each of its answers."""

    def __init__(self, tokenizer, rows, max_length):
        self.rows, self.pad = rows, tokenizer.pad_token_id
        self.parts = choices_of(tokenizer, rows)
        longest = max(len(before) + len(after) for pairs in self.parts for before, after in pairs)
        if longest > max_length:
            raise SystemExit(f"end-to-end: expected --max-length of at least {longest}, the longest row, got {max_length}")

    def inputs(self, sequences, positions):
        """A right-padded batch of sequences, and at which tokens of each it is read."""
        return {
            "input_ids": padded(sequences, self.pad),
            "attention_mask": padded([[1] * len(ids) for ids in sequences], 0),
            "rows": torch.tensor([row for row, own in enumerate(positions) for _ in own]),
            "positions": torch.tensor([position for own in positions for position in own]),
        }

    def batch(self, indices):
        pairs = [self.parts[index][self.rows[index].label] for index in indices]
        sequences = [before + after[:-1] for before, after in pairs]
        positions = [range(len(before) - 1, len(before) + len(after) - 1) for before, after in pairs]
        return self.inputs(sequences, positions), torch.tensor([token for _, after in pairs for token in after])

    def choices(self, model, batch):
        logits_at = lambda sequences, positions: model(self.inputs(sequences, positions))
        return choice_scores(self.parts, batch, logits_at).argmax(-1).tolist()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--glue", type=Path, required=True)
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--task", choices=sorted(glue.COLUMNS), required=True)
    parser.add_argument("--method", choices=METHODS, required=True)
    parser.add_argument("--rows", type=int, help="training rows, the sample that bench's --limit takes; default all")
    parser.add_argument("--evaluation-rows", type=int, help="likewise of the development set")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--steps", type=int, help="stop after so many steps; the schedule stays that of all epochs")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--evaluation-batch", type=int, default=64)
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--weight-decay", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=Path, help="begin as a run of this project does: its order of rows, its values drawn")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    found = parser.parse_args()
    if not (found.models / found.backbone / "config.json").is_file():
        raise SystemExit(f"end-to-end: expected a checkpoint in {found.models / found.backbone}; see scripts/real-checkpoints")
    return found


def main():
    asked = arguments()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(asked.seed)
    directory = asked.models / asked.backbone
    seconds = {"import": time.perf_counter() - begin}

    def timed(name, work):
        started = time.perf_counter()
        result = work()
        seconds[name] = time.perf_counter() - started
        return result

    limits = {"train": asked.rows, "dev": asked.evaluation_rows}
    rows = timed("read", lambda: {split: glue.read(asked.glue, asked.task, split, limit) for split, limit in limits.items()})
    is_decoder = AutoConfig.from_pretrained(directory).model_type == "llama"
    kind = DecoderData if is_decoder else EncoderData

    def tokenised():
        tokenizer = AutoTokenizer.from_pretrained(directory)
        return {split: kind(tokenizer, found, asked.max_length) for split, found in rows.items()}

    def loaded():
        if is_decoder:
            return TunedDecoder(directory, asked.method)
        return TunedEncoder(directory, asked.method, classes=len(glue.CHOICES[asked.task]), dropout=0.0)

    data = timed("tokenise", tokenised)
    model = timed("load", loaded)
    settings = Settings(
        seed=asked.seed,
        epochs=asked.epochs,
        batch=asked.batch,
        learning_rate=asked.learning_rate,
        weight_decay=asked.weight_decay,
        steps=asked.steps,
    )
    orders, drawn = read_start(asked.start) if asked.start else (None, {})
    set_params(model, drawn)
    steps = timed("train", lambda: fit(model, data["train"].batch, len(rows["train"]), settings, orders=orders))
    with torch.no_grad():
        choices = timed("evaluate", lambda: data["dev"].choices(model, asked.evaluation_batch))
    packages = ("torch", "transformers", "peft")
    answer = {
        "backbone": asked.backbone,
        "task": asked.task,
        "method": asked.method,
        "rows": {split: len(found) for split, found in rows.items()},
        "settings": {**vars(settings), "maxLength": asked.max_length, "evaluationBatch": asked.evaluation_batch},
        "threads": asked.threads,
        "trained": sum(param.numel() for param in model.method_params()),
        "head": sum(param.numel() for param in model.head_params()),
        "seconds": {**seconds, "total": time.perf_counter() - begin},
        "processorS": time.process_time(),
        "stepMs": [1000 * each for each in steps.seconds],
        "medianStepMs": 1000 * statistics.median(steps.seconds),
        "medianProcessorStepMs": 1000 * statistics.median(steps.processor_seconds),
        "stepLosses": steps.losses,
        "scores": classification_scores(choices, [row.label for row in rows["dev"]]),
        "peakResidentBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "versions": {"python": sys.version.split()[0], **{name: version(name).split("+")[0] for name in packages}},
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
