"""Bytes that a PyTorch T5-base keeps for its backward pass on a CUDA device, counted without one: fake tensors, no values.

Setting of Ladder Side-Tuning: source length 128, two target tokens, batch 100, f32, eager attention. Counts each storage that
autograd saves in the forward pass once, parameters apart. Not a peak: temporaries and gradients come on top.
Needs torch, transformers and peft; prints JSON.  python torch_saved_bytes.py > results/t5-base-saved-bytes.json
"""

import json

import peft
import torch
import transformers
from torch._subclasses.fake_tensor import FakeTensorMode

BATCH, SOURCES, TARGETS = 100, 128, 2
# PEFT moves each adapter to its layer's device, where it is already; fake tensors cannot be moved
torch.nn.Module.to = lambda module, *_, **__: module


def backbone(dropout: float) -> transformers.T5ForConditionalGeneration:
    config = transformers.T5Config(
        vocab_size=32128,
        d_model=768,
        d_kv=64,
        d_ff=3072,
        num_layers=12,
        num_heads=12,
        dropout_rate=dropout,
        feed_forward_proj="relu",
        tie_word_embeddings=True,
        decoder_start_token_id=0,
        use_cache=False,
    )
    return transformers.T5ForConditionalGeneration._from_config(config, attn_implementation="eager")


def build(method: str, dropout: float) -> torch.nn.Module:
    model = backbone(dropout)
    task = peft.TaskType.SEQ_2_SEQ_LM
    if method == "lora":
        lora = peft.LoraConfig(r=32, lora_alpha=32, lora_dropout=dropout, target_modules=["q", "v"], task_type=task)
        return peft.get_peft_model(model, lora)
    return model


def saved_bytes(method: str, dropout: float) -> dict:
    with FakeTensorMode(allow_non_fake_inputs=True), torch.device("cuda"):
        model = build(method, dropout).train()
        parameters = {p.untyped_storage()._cdata for p in model.parameters()}
        saved = {}

        def pack(tensor):
            storage = tensor.untyped_storage()
            if storage._cdata not in parameters:
                saved[storage._cdata] = (storage, tensor.dtype)  # held, so that no address is used twice
            return tensor

        sources = torch.zeros(BATCH, SOURCES, dtype=torch.long)
        labels = torch.zeros(BATCH, TARGETS, dtype=torch.long)
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            model(input_ids=sources, labels=labels)
        trained = sum(4 * p.numel() for p in model.parameters() if p.requires_grad)
        return {
            "savedBytes": sum(storage.nbytes() for storage, _ in saved.values()),
            "ofThemDropoutMasks": sum(s.nbytes() for s, dtype in saved.values() if dtype == torch.bool),
            "weightBytes": sum(4 * p.numel() for p in model.parameters()),
            "momentBytes": 2 * trained,
            "gradientBytes": trained,
        }


methods = {
    f"{method}, dropout {dropout}": saved_bytes(method, dropout)
    for method in ("full", "lora")
    for dropout in (0.1, 0.0)
}
versions = {module.__name__: module.__version__ for module in (torch, transformers, peft)}
print(json.dumps({"backbone": "t5-base", "batch": BATCH, "versions": versions, "methods": methods}, indent=2))
