"""Choosing an answer by its log-likelihood, as EleutherAI's lm-evaluation-harness does."""

import torch

import glue


def continuation(tokenizer, context, text):
    """Ids of a context and of what follows it; trailing spaces of the context belong to what follows."""
    spaces = len(context) - len(context.rstrip())
    if spaces > 0:
        context, text = context[:-spaces], context[-spaces:] + text
    before = tokenizer(context, add_special_tokens=False)["input_ids"]
    both = tokenizer(context + text, add_special_tokens=False)["input_ids"]
    return before, both[len(before) :]


def choices_of(tokenizer, rows):
    """For each row and each choice of its task, the ids of the prompt and of " " + choice."""
    return [
        [continuation(tokenizer, glue.prompt(row), f" {choice}") for choice in glue.CHOICES[row.task]] for row in rows
    ]


def by_length(sequences, batch):
    """Batches of indices, of similar lengths."""
    order = sorted(range(len(sequences)), key=lambda index: len(sequences[index]))
    return [order[begin : begin + batch] for begin in range(0, len(order), batch)]


def choice_scores(parts, batch, logits_at):
    """Summed log-probabilities of each choice: (rows, choices).

    `parts` is of `choices_of`. `logits_at(sequences, positions)` gives the logits (count of positions, vocabulary) of a batch of
    sequences after the given positions of each. Choices of one token share a prompt, which then runs once.
    """
    sequences = sorted({tuple(before + after[:-1]) for pairs in parts for before, after in pairs})
    longest = max(len(after) for pairs in parts for _, after in pairs)
    logs = {}
    for indices in by_length(sequences, batch):
        chosen = [sequences[index] for index in indices]
        positions = [list(range(max(0, len(ids) - longest), len(ids))) for ids in chosen]
        found = logits_at(chosen, positions).log_softmax(-1).split([len(each) for each in positions])
        logs.update(zip(chosen, found, strict=True))
    scores = torch.empty(len(parts), len(parts[0]))
    for row, pairs in enumerate(parts):
        for choice, (before, after) in enumerate(pairs):
            found = logs[tuple(before + after[:-1])][-len(after) :]
            scores[row, choice] = found.gather(-1, torch.tensor(after, device=found.device)[:, None]).sum()
    return scores


def padded(sequences, filler):
    """Right-padded integers: (sequences, longest)."""
    longest = max(map(len, sequences))
    return torch.tensor([list(ids) + [filler] * (longest - len(ids)) for ids in sequences])
