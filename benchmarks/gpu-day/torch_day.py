"""Steps and products in PyTorch, as a child of a GPU day: a request a line on stdin, an answer a line on stdout."""

import gc
import json
import os
import sys
import time

answers = os.fdopen(os.dup(1), "w", buffering=1)  # what libraries print goes to the complaints
os.dup2(2, 1)
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))
import torch  # noqa: E402
from torch_steps import Steps, use_precision, versions  # noqa: E402

about = json.loads(sys.argv[1])
device = torch.device(about["device"])
on_gpu = device.type == "cuda"
if on_gpu:
    torch.cuda.set_device(about["gpu"])
torch.manual_seed(0)


def synchronize():
    if on_gpu:
        torch.cuda.synchronize()


def measure(ask: dict) -> dict:
    """Steps of a fresh model until `seconds` have passed; times are epoch seconds."""
    own = Steps(ask["method"], ask | {"device": about["device"]})
    for _ in range(ask["warmUp"]):
        own.step()
    synchronize()
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
    begin, times, loss = time.time(), [], 0.0
    while len(times) < 3 or time.time() - begin < ask["seconds"]:
        before = time.perf_counter()
        loss = own.step()
        times.append(1000 * (time.perf_counter() - before))
    end = time.time()
    answer = {"ms": times, "loss": loss, "fromS": begin, "toS": end, "trained": own.trained_values()}
    answer["attention"] = own.attention
    if not on_gpu:
        return {**answer, "tensorBytes": own.peak_bytes(), "bufferBytes": None}
    return {
        **answer,
        "tensorBytes": torch.cuda.max_memory_allocated(),
        "bufferBytes": torch.cuda.max_memory_reserved(),
    }


def product(ask: dict) -> dict:
    """Seconds of one product A (rows, depth) B (depth, columns) in each repeat: as many in a row as `seconds` need."""
    use_precision(ask["precision"])
    dtype = torch.bfloat16 if ask["precision"] == "bf16" else torch.float32
    a = torch.randn(ask["rows"], ask["depth"], device=device, dtype=dtype)
    b = torch.randn(ask["depth"], ask["columns"], device=device, dtype=dtype)
    out = a @ b

    def timed(count: int) -> float:
        synchronize()
        begin = time.perf_counter()
        for _ in range(count):
            torch.mm(a, b, out=out)
        synchronize()
        return (time.perf_counter() - begin) / count

    count = max(1, int(ask["seconds"] / max(timed(2), 1e-7)))
    return {"seconds": [timed(count) for _ in range(ask["repeats"])], "count": count}


print(
    json.dumps(
        {
            "versions": {
                "python": sys.version.split()[0],
                **versions(),
                "gpu": torch.cuda.get_device_name() if on_gpu else None,
            }
        }
    ),
    file=answers,
)
for line in sys.stdin:
    ask = json.loads(line)
    try:
        answer = product(ask) if ask["what"] == "product" else measure(ask)
    except (RuntimeError, ValueError, AttributeError) as error:  # out of memory, or no counterpart: the next goes on
        answer = {"error": str(error).split("\n")[0]}
    gc.collect()
    if on_gpu:
        torch.cuda.empty_cache()
    print(json.dumps(answer), file=answers)
