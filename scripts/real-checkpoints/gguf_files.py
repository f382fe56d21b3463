"""Compares what gguf, transformers and, where xllamacpp is installed, llama.cpp read of GGUF files with what gguf-files.mjs read of them.

python scripts/real-checkpoints/gguf_files.py OUT/ours.json
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import sys
import urllib.request
from pathlib import Path

import gguf
import numpy as np
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

TOLERANCE = 1e-3  # of the largest logit
FILE = "model.gguf"


def main():
    path = Path(sys.argv[1])
    ours = json.loads(path.read_text())
    failed = False
    for name, written in ours["types"].items():
        directory = written["directory"]
        logits = load_file(path.parent / f"{name}-logits.safetensors")["logits"]
        tensors = same_tensors(f"{directory}/{FILE}", written["tensors"])
        print(f"{name}: gguf {gguf_version()} reads {tensors} of {len(written['tensors'])} tensors as we do, bit for bit")
        difference = logit_difference(directory, ours["ids"][: len(logits)], logits)
        print(f"{name}: transformers' logits differ by at most {difference:.2e} of the largest")
        ids = same_ids(directory, ours)
        print(f"{name}: transformers' tokenizer gives the same ids for {ids} of {len(ours['texts'])} texts")
        failed |= tensors < len(written["tensors"]) or not difference <= TOLERANCE or ids < len(ours["texts"])
        if importlib.util.find_spec("xllamacpp"):
            print(f"{name}: llama.cpp {llama_cpp(directory, ours, logits)}")
        else:
            print(f"{name}: llama.cpp is not compared, as xllamacpp is not installed")
    sys.exit(1 if failed else 0)


def gguf_version():
    return importlib.metadata.version("gguf")


def same_tensors(path, digests):
    """How many tensors have the digests; all must be named on both sides."""
    read = {
        tensor.name: hashlib.sha256(np.ascontiguousarray(gguf.dequantize(tensor.data, tensor.tensor_type)).tobytes()).hexdigest()
        for tensor in gguf.GGUFReader(path).tensors
    }
    assert read.keys() == digests.keys(), read.keys() ^ digests.keys()
    return sum(read[name] == digest for name, digest in digests.items())


@torch.no_grad()
def logit_difference(directory, rows, ours):
    """The largest difference after the last token of a row, over the largest logit."""
    model = AutoModelForCausalLM.from_pretrained(directory, gguf_file=FILE, dtype=torch.float32).eval()
    theirs = torch.stack([model(torch.tensor([ids])).logits[0, -1] for ids in rows])
    return ((theirs - ours).abs().max() / theirs.abs().max()).item()


def same_ids(directory, ours):
    tokenizer = AutoTokenizer.from_pretrained(directory, gguf_file=FILE)
    differ = [(text, ids, tokenizer(text)["input_ids"]) for text, ids in zip(ours["texts"], ours["ids"])]
    differ = [each for each in differ if each[1] != each[2]]
    for text, ids, theirs in differ[:3]:
        print(f"  {text!r}: ours {ids}, theirs {theirs}")
    return len(ours["texts"]) - len(differ)


def llama_cpp(directory, ours, logits):
    """What llama.cpp makes of texts and prompts; it multiplies by rounded activations, so its logits are its own."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = f"{directory}/{FILE}"
    params.n_ctx, params.n_parallel, params.warmup, params.verbosity = 512, 1, False, -1
    params.cpuparams.n_threads = 2
    server = xllamacpp.Server(params)

    def tokens(text):
        request = urllib.request.Request(
            f"{server.listening_address}/tokenize",
            json.dumps({"content": text, "add_special": True}).encode(),
            {"Content-Type": "application/json"},
        )
        return json.load(urllib.request.urlopen(request))["tokens"]

    same = 0
    for text, ids in zip(ours["texts"], ours["ids"]):
        theirs = tokens(text)
        same += theirs == ids
        if theirs != ids:
            print(f"  {text!r}: ours {ids}, theirs {theirs}")
    expected = torch.log_softmax(logits, 1)
    first, furthest = 0, 0.0
    for row, ids in enumerate(ours["ids"][: len(logits)]):
        # goes on with a whole character, without which nothing is reported; log-probabilities are those before the bias
        forced = {"n_predict": 1, "temperature": 0, "logit_bias": [[tokens("a")[-1], 100]]}
        answer = server.handle_completions({"prompt": ids, "n_probs": 10, **forced})
        likeliest = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        first += likeliest[0]["id"] == expected[row].argmax().item()
        furthest = max(furthest, *(abs(each["logprob"] - expected[row, each["id"]].item()) for each in likeliest))
    return (
        f"gives the same ids for {same} of {len(ours['texts'])} texts and the same likeliest token after {first} of {len(logits)} prompts; "
        f"log-probabilities of its ten likeliest differ by at most {furthest:.3f}"
    )


if __name__ == "__main__":
    main()
