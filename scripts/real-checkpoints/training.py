"""A training loop as this project trains: AdamW, linear warm-up and decay, clipping by global norm, shuffled batches."""

import math
import time
from dataclasses import dataclass, field

import torch
from transformers import get_linear_schedule_with_warmup


@dataclass(frozen=True)
class Settings:
    seed: int
    epochs: int = 3
    batch: int = 32
    learning_rate: float = 3e-4
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    steps: int | None = None  # ends a trial early; the schedule stays that of all epochs


@dataclass
class Steps:
    """What each step took, its batch included, and its loss."""

    seconds: list = field(default_factory=list)
    processor_seconds: list = field(default_factory=list)  # of all cores
    losses: list = field(default_factory=list)


def fit(model, make_batch, count, settings, after_epoch=lambda epoch, loss: None, orders=None):
    """Trains on `count` examples and returns its steps; `make_batch(indices)` gives inputs and targets.

    `orders` has the order of the examples in each epoch; by default it is drawn from the seed.
    """
    steps = settings.epochs * math.ceil(count / settings.batch)
    optimizer = torch.optim.AdamW(
        model.param_groups(settings.learning_rate), betas=(0.9, 0.999), eps=1e-8, weight_decay=settings.weight_decay
    )
    schedule = get_linear_schedule_with_warmup(optimizer, min(500, steps // 10), steps)
    trained = [param for group in optimizer.param_groups for param in group["params"]]
    random = torch.Generator().manual_seed(settings.seed)
    done = Steps()
    for epoch in range(1, settings.epochs + 1):
        model.train()
        order = orders[epoch - 1] if orders else torch.randperm(count, generator=random).tolist()
        before = len(done.losses)
        for begin in range(0, count, settings.batch):
            started, processor_started = time.perf_counter(), time.process_time()
            inputs, targets = make_batch(order[begin : begin + settings.batch])
            loss = torch.nn.functional.cross_entropy(model(inputs), targets)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, settings.clip_norm)
            optimizer.step()
            schedule.step()
            done.losses.append(loss.item())  # waits for the step
            done.seconds.append(time.perf_counter() - started)
            done.processor_seconds.append(time.process_time() - processor_started)
            if len(done.losses) == settings.steps:
                break
        model.eval()
        after_epoch(epoch, sum(done.losses[before:]) / len(done.losses[before:]))
        if len(done.losses) == settings.steps:
            break
    return done


def classification_scores(choices, labels):
    """Accuracy and the F1 of class 1, in percent."""
    pairs = list(zip(choices, labels, strict=True))
    hits, wrong = pairs.count((1, 1)), pairs.count((1, 0)) + pairs.count((0, 1))
    f1 = 2 * hits / (2 * hits + wrong) if hits else 0.0
    return {"accuracy": 100 * sum(choice == label for choice, label in pairs) / len(pairs), "f1": 100 * f1}
