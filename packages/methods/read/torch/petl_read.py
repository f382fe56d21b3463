"""READ beside a model of transformers: computes what petl-bench computed for this tuned model.

    from transformers import AutoModelForSequenceClassification
    from petl_read import attach_read

    model = attach_read(AutoModelForSequenceClassification.from_pretrained(BACKBONE, num_labels=2), DIRECTORY)
    model(**inputs).logits

`attach_read` takes the class that fits the task: ...ForSequenceClassification where a head was trained, a language model otherwise.
DIRECTORY holds this file, `read.json` and `read.safetensors`. Needs torch, safetensors and transformers. Inference; float32.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn


def attach_read(model, directory):
    """Puts READ and the task's head, if there is one, on `model`, and returns it. Its own weights stay as they are."""
    directory = Path(directory)
    about = json.loads((directory / "read.json").read_text())
    weights = load_file(directory / "read.safetensors")
    head = {name.removeprefix("head."): value for name, value in weights.items() if name.startswith("head.")}
    parameters = dict(model.named_parameters())
    missing = sorted(set(head) - set(parameters))
    if missing:
        raise ValueError(f"expected a model with a head that has {', '.join(missing)}, got {type(model).__name__}")
    with torch.no_grad():
        for name, value in head.items():
            parameters[name].copy_(value)
    if about["crossAttention"]:
        model.set_attn_implementation("eager")  # only this one gives attention probabilities
    model.read = Read(about, {name: value for name, value in weights.items() if not name.startswith("head.")})
    model.read.watch(model)
    model.eval()
    return model


CELLS = {"gru": nn.GRUCell, "rnn": nn.RNNCell, "lstm": nn.LSTMCell}


class Read(nn.Module):
    """A recurrent network over the layers' states, which corrects the last of them."""

    def __init__(self, about, weights):
        super().__init__()
        self.about = about
        self.seen = {}
        self.sweeps = nn.ModuleDict()
        for stack, layers in (("encoder", about["source"]), (about["corrected"], about["layers"])):
            own = {name.removeprefix(f"{stack}."): value for name, value in weights.items() if name.startswith(f"{stack}.")}
            if layers:
                self.sweeps[stack] = Sweep(about, len(layers), own)
        self.output = linear(weights["output.weight"], weights["output.bias"])

    def watch(self, model):
        """Remembers what the blocks give, and replaces what the readout is given."""
        modules = dict(model.named_modules())
        for name in [*self.about["source"], *self.about["layers"]]:
            modules[name].register_forward_hook(self.remember(name, 0))
        for name in self.about["crossAttention"]:
            modules[name].register_forward_hook(self.remember(name, -1))
        modules[self.about["readout"]].register_forward_pre_hook(self.replace)
        if self.about["joinsMean"]:
            model.register_forward_pre_hook(self.see, with_kwargs=True)

    def remember(self, name, part):
        def hook(_module, _arguments, output):
            self.seen[name] = output[part] if isinstance(output, tuple) else output

        return hook

    def see(self, _module, arguments, named):
        """Remembers which tokens each position sees, (batch, positions, tokens): a decoder's those up to it, an encoder's all."""
        if named.get("past_key_values") is not None:
            raise ValueError("READ reads whole sequences: call the model with use_cache=False")
        ids = named["input_ids"] if "input_ids" in named else arguments[0]
        mask = named.get("attention_mask", arguments[1] if len(arguments) > 1 else None)
        real = torch.ones_like(ids) if mask is None else mask
        seen = real[:, None, :].expand(-1, ids.shape[1], -1).float()
        self.seen["tokens"] = seen.tril() if self.about["corrected"] == "decoder" else seen

    def mean(self, layer):
        """The mean of the RMS-normed states that each position sees, normed again."""
        seen = self.seen["tokens"]
        return self.normed((seen / seen.sum(-1, keepdim=True).clamp(min=1)) @ self.normed(layer))

    def normed(self, state):
        return state * torch.rsqrt(state.square().mean(-1, keepdim=True) + self.about["normEpsilon"])

    def replace(self, _module, arguments):
        corrected = self.corrected()  # (batch, tokens, channels)
        reads_first_token = arguments[0].dim() == 2
        return (corrected[:, 0] if reads_first_token else corrected, *arguments[1:])

    def corrected(self):
        source = [self.seen[name] for name in self.about["source"]]
        layers = [self.seen[name] for name in self.about["layers"]]
        contexts = [None] * len(layers)
        if source:
            summary = self.sweeps["encoder"](source, [None] * len(source))
            # each layer of the decoder reads the encoder's summary with the mean of its heads' cross-attention
            contexts = [self.seen[name].mean(1) @ summary for name in self.about["crossAttention"]]
        if self.about["joinsMean"]:
            contexts = [self.mean(layer) for layer in layers]
        correction = self.output(self.sweeps[self.about["corrected"]](layers, contexts))
        last, scale = layers[-1], self.about["scale"]
        if scale == "rms":
            return last + last.square().mean(-1, keepdim=True).sqrt() * correction
        return last + correction if scale == "none" else last + scale * correction


class Sweep(nn.Module):
    """States of a stack's layers, each (batch, tokens, channels) -> their summary (batch, tokens, hidden)."""

    def __init__(self, about, layers, weights):
        super().__init__()
        self.about = about
        self.norm = nn.Parameter(weights["norm"])
        joined = lambda prefix: torch.cat([weights[prefix + part] for part in ("input", "context") if prefix + part in weights], 1)
        if not about["recurrent"]:
            self.layers = nn.ModuleList(linear(joined(f"{index}."), weights[f"{index}.bias"]) for index in range(layers))
            return
        inputs = joined("")
        self.cell = CELLS[about["cell"]](inputs.shape[1], weights["state"].shape[1])
        ours = {"weight_ih": inputs, "weight_hh": weights["state"], "bias_ih": weights["inputBias"], "bias_hh": weights["stateBias"]}
        self.cell.load_state_dict(ours)

    def forward(self, layers, contexts):
        states, carried = [], None
        for index, (layer, context) in enumerate(zip(layers, contexts)):
            inverse_rms = torch.rsqrt(layer.square().mean(-1, keepdim=True) + self.about["normEpsilon"])
            inputs = layer * inverse_rms * self.norm
            if context is not None:
                inputs = torch.cat([inputs, context], -1)
            if not self.about["recurrent"]:
                states.append(torch.tanh(self.layers[index](inputs)))
                continue
            carried = self.cell(inputs.flatten(0, 1), carried)  # every token is a sequence of its own, over the layers
            state = carried[0] if isinstance(carried, tuple) else carried
            states.append(state.unflatten(0, layer.shape[:2]))
        if self.about["aggregate"] == "last" and self.about["recurrent"]:
            return states[-1]
        return torch.stack(states).mean(0)


def linear(weight, bias):
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.load_state_dict({"weight": weight, "bias": bias})
    return layer
