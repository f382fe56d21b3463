"""LST beside a model of transformers: computes what petl-bench computed for this tuned model.

    from transformers import AutoModelForSequenceClassification
    from petl_lst import attach_lst

    model = attach_lst(AutoModelForSequenceClassification.from_pretrained(BACKBONE, num_labels=2), DIRECTORY)
    model(**inputs).logits

`attach_lst` takes the class that fits the task: ...ForSequenceClassification where a head was trained, a language model otherwise.
DIRECTORY holds this file, `lst.json` and `lst.safetensors`. Needs torch, safetensors and transformers. Inference; float32; every call
sees whole texts, so generation goes without a cache and without beams.
"""

import copy
import inspect
import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import AutoModel


def attach_lst(model, directory):
    """Puts the side network and the task's head, if there is one, on `model`, and returns it. Its own weights stay as they are."""
    directory = Path(directory)
    about = json.loads((directory / "lst.json").read_text())
    weights = load_file(directory / "lst.safetensors")
    head = starting_with("head.", weights)
    parameters = dict(model.named_parameters())
    missing = sorted(set(head) - set(parameters))
    if missing:
        raise ValueError(f"expected a model with a head that has {', '.join(missing)}, got {type(model).__name__}")
    with torch.no_grad():
        for name, value in head.items():
            parameters[name].copy_(value)
    model.config.use_cache = False
    if getattr(model, "generation_config", None) is not None:
        model.generation_config.use_cache = False
    model.lst = Ladder(about, weights, model)
    model.lst.watch(model)
    model.eval()
    return model


MASKS = ("attention_mask", "decoder_attention_mask", "position_ids")


class Ladder(nn.Module):
    """A narrow model of the backbone's own kind: before each block, the state is mixed with what the backbone's block gave."""

    def __init__(self, about, weights, model):
        super().__init__()
        self.about = about
        self.seen = {}
        self.masks = {}
        self.narrow = narrow_model(about, starting_with("narrow.", weights), model)
        ladder = starting_with("ladder.", weights)
        self.gates = {name.removesuffix(".gate"): gate for name, gate in ladder.items() if name.endswith(".gate")}
        self.up = linear(ladder, "up")
        self.down = {}
        blocks = dict(self.narrow.named_modules())
        for stack in about["stacks"]:
            self.down[stack["entry"]] = linear(ladder, stack["entry"])
            for index, block in enumerate(stack["blocks"]):
                self.down[block["name"]] = linear(ladder, block["name"])
                blocks[narrow_name(block["module"], index, model)].register_forward_pre_hook(
                    self.mix(block["name"], stack["entry"] if index == 0 else None), with_kwargs=True
                )

    def watch(self, model):
        """Remembers what the backbone's blocks are given and give, and replaces its final state."""
        modules = dict(model.named_modules())
        model.register_forward_pre_hook(self.remember_masks(inspect.signature(model.forward)), with_kwargs=True)
        for stack in self.about["stacks"]:
            modules[stack["first"]].register_forward_pre_hook(self.remember_input(stack["entry"]), with_kwargs=True)
            for block in stack["blocks"]:
                modules[block["module"]].register_forward_hook(self.remember_output(block["name"]))
        modules[self.about["replaces"]].register_forward_hook(self.replace)

    def remember_masks(self, signature):
        def hook(_module, arguments, named):
            given = signature.bind_partial(*arguments, **named).arguments
            given = {**given, **given.get("kwargs", {})}
            if given.get("past_key_values") is not None:
                raise ValueError("LST: expected use_cache=False, got past_key_values: a side network sees whole texts")
            self.masks = {name: given[name] for name in MASKS if given.get(name) is not None}

        return hook

    def remember_input(self, entry):
        def hook(_module, arguments, named):
            self.seen[entry] = arguments[0] if arguments else named["hidden_states"]

        return hook

    def remember_output(self, name):
        def hook(_module, _arguments, output):
            self.seen[name] = output[0] if isinstance(output, tuple) else output

        return hook

    def replace(self, _module, _arguments, output):
        corrected = self.up(self.side_state())  # (batch, tokens, channels)
        return (corrected, *output[1:]) if isinstance(output, tuple) else corrected

    def side_state(self):
        """The narrow model's final state. What enters its first blocks is put there by `mix`, so its embeddings do not matter."""
        stacks = [stack["entry"] for stack in self.about["stacks"]]
        inputs = ["inputs_embeds"] if len(stacks) == 1 else ["inputs_embeds", "decoder_inputs_embeds"]
        width = self.up.in_features
        empty = {name: self.seen[entry].new_zeros(*self.seen[entry].shape[:2], width) for name, entry in zip(inputs, stacks)}
        return self.narrow(**empty, **self.masks, use_cache=False).last_hidden_state

    def mix(self, name, entry):
        """`m D phi + (1 - m) s`, `m = sigmoid(alpha / temperature)`; the first block's s is `D` of what enters the backbone's first."""

        def hook(_module, arguments, named):
            state = self.down[entry](self.seen[entry]) if entry else arguments[0] if arguments else named["hidden_states"]
            share = torch.sigmoid(self.gates[name] / self.about["temperature"])
            mixed = state + share * (self.down[name](self.seen[name]) - state)
            return ((mixed, *arguments[1:]), named) if arguments else (arguments, {**named, "hidden_states": mixed})

        return hook


def narrow_model(about, weights, model):
    """A model of the backbone's kind with its widths divided, of the copied blocks alone."""
    config = copy.deepcopy(model.config)
    layers = [len(stack["blocks"]) for stack in about["stacks"]]
    for name in ("hidden_size", "intermediate_size", "d_ff", "hidden_dim", "head_dim"):
        if getattr(config, name, None) is not None:
            setattr(config, name, getattr(config, name) // about["reduction"])
    config.num_hidden_layers = layers[0]
    if len(layers) == 2:
        config.num_decoder_layers = layers[1]
        config.relative_attention_max_distance = about["maxDistance"]
    if getattr(config, "layer_types", None) is not None:
        config.layer_types = [config.layer_types[index] for index in about["stacks"][0]["layers"]]
    config.vocab_size, config.pad_token_id = 1, 0
    config.use_cache = False
    narrow = AutoModel.from_config(config, attn_implementation=model.config._attn_implementation)
    indices = {block["module"]: index for stack in about["stacks"] for index, block in enumerate(stack["blocks"])}
    ours = {}
    for name, value in weights.items():
        block = next((module for module in indices if name.startswith(f"{module}.")), None)
        start = "" if block is None else narrow_name(block, indices[block], model)
        ours[start + name.removeprefix(block) if block else without_prefix(name, model)] = value
    missing, unknown = narrow.load_state_dict(ours, strict=False)
    unfilled = [name for name in missing if name.startswith(tuple(narrow_name(block, 0, model)[:-1] for block in indices))]
    if unfilled or unknown:
        raise ValueError(f"expected this transformers to name the blocks' tensors as lst.safetensors does, got {[*unfilled, *unknown]}")
    return narrow.eval()


def narrow_name(block, index, model):
    """The name in the narrow model of the block that stands for one of the backbone: without the head's prefix, numbered anew."""
    return without_prefix(block.rpartition(".")[0], model) + f".{index}"


def without_prefix(name, model):
    return name.removeprefix(f"{model.base_model_prefix}.")


def starting_with(prefix, weights):
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def linear(ladder, name):
    """`NAME.down` of a site, or the layer of that very name."""
    own = starting_with(f"{name}.down.", ladder) or starting_with(f"{name}.", ladder)
    layer = nn.Linear(own["weight"].shape[1], own["weight"].shape[0])
    layer.load_state_dict(own)
    return layer
