"""The same T5 steps in PyTorch and PEFT on the CPU, as a child of run.mjs: a request a line on stdin, an answer a line on stdout.

Needs torch and transformers, and peft for its methods; the product itself never does.
"""

import json
import sys
import time

import torch
from torch import nn
from torch_steps import Steps, versions

request = json.loads(sys.argv[1])
request["attention"] = ["eager"]
request["config"] = {
    "model_type": "t5",
    "vocab_size": request["vocabulary"],
    "d_model": request["width"],
    "d_kv": 64,
    "num_heads": request["width"] // 64,
    "d_ff": request["feedForward"],
    "num_layers": request["layers"],
    "num_decoder_layers": request["layers"],
    "feed_forward_proj": "relu",
    "tie_word_embeddings": True,
    "decoder_start_token_id": 0,
}
torch.set_num_threads(request["threads"])
torch.manual_seed(0)


def padded(examples) -> dict[str, torch.Tensor]:
    """A batch of real examples, padded to its longest source and target."""
    sources, targets = ([torch.tensor(example[part]) for example in examples] for part in ("source", "target"))
    pad = lambda rows, value: nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=value)
    shifted = [torch.cat([torch.zeros(1, dtype=target.dtype), target[:-1]]) for target in targets]
    return {
        "input_ids": pad(sources, 0),
        "attention_mask": pad([torch.ones_like(source) for source in sources], 0),
        "decoder_input_ids": pad(shifted, 0),
        "labels": pad(targets, -100),
    }


steps: dict[str, Steps] = {}
print(json.dumps({"versions": {"python": sys.version.split()[0]} | versions(), "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    ask = json.loads(line)
    method = ask["method"]
    if method not in steps:
        steps[method] = Steps(method, request)
        for _ in range(request["warmUp"]):
            steps[method].step()
    if ask.get("peak"):
        print(json.dumps({"peakBytes": steps[method].peak_bytes()}), flush=True)
        continue
    times, loss = [], 0.0
    cpu = time.process_time()
    for real in ask.get("batches") or [None] * ask["steps"]:
        begin = time.perf_counter()
        loss = steps[method].step(None if real is None else padded(real))
        times.append(1000 * (time.perf_counter() - begin))
    cpu = 1000 * (time.process_time() - cpu) / len(times)
    answer = {"ms": times, "cpuMs": cpu, "loss": loss, "trained": steps[method].trained_values()}
    print(json.dumps(answer), flush=True)
