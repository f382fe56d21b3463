"""What PEFT computes with trained keys and values, or prompts, before those of a small Llama.

Development time only; the result is committed. Needs Python with `torch`, `transformers` and `peft`
(scripts/fixtures/requirements.txt).

    python packages/families/llama/scripts/virtual-tokens.py

Writes test/fixtures/virtual-tokens/{prefix,prompt}.safetensors: the virtual tokens as PEFT stores them and the logits of every position of
the model and rows of test/fixtures/llama-grouped.
"""

from pathlib import Path

import torch
from peft import PrefixTuningConfig, PromptTuningConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import LlamaForCausalLM

FIXTURES = Path(__file__).resolve().parents[1] / "test/fixtures"
TOKENS = 3


def virtual_tokens(kind):
    torch.manual_seed(0)
    source = FIXTURES / "llama-grouped"
    reference = load_file(source / "reference.safetensors")
    model = LlamaForCausalLM.from_pretrained(source, dtype=torch.float32, attn_implementation="eager")
    tuned = get_peft_model(model, kind(task_type="CAUSAL_LM", num_virtual_tokens=TOKENS)).eval()
    table = tuned.prompt_encoder["default"].embedding.weight
    with torch.no_grad():
        table.normal_(0, 0.5)
        output = tuned(input_ids=reference["input_ids"].long(), attention_mask=reference["attention_mask"].long())
    positions = reference["input_ids"].shape[1]
    return {"virtualTokens": table.detach().contiguous(), "logits": output.logits[:, -positions:].contiguous()}


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, kind in {"prefix": PrefixTuningConfig, "prompt": PromptTuningConfig}.items():
        (FIXTURES / "virtual-tokens").mkdir(exist_ok=True)
        save_file(virtual_tokens(kind), FIXTURES / "virtual-tokens" / f"{name}.safetensors")
