"""The real checkpoints as PyTorch and PEFT tune them: full, LoRA and READ on an encoder with a classifier or on a decoder."""

import peft
import torch
from torch import nn
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

METHODS = ("full", "lora", "read")
LORA = {"r": 8, "lora_alpha": 16, "lora_dropout": 0.0}
READ_LEARNING_RATE_SCALE = 10  # as @petl/method-read's default


def read_width(width):
    """The default width of READ's state: a third of the model's, up to a multiple of 8, at most 256."""
    return min(256, -(-width // 24) * 8)


def normed(state):
    return state * torch.rsqrt(state.square().mean(-1, keepdim=True) + 1e-6)


def with_mean_of_seen(state, mask, is_causal):
    """Behind each token's state (rows, tokens, width), the mean of the normed states it sees, all or those up to it: (rows, tokens, 2 width)."""
    weighted = normed(state) * mask[..., None]
    if is_causal:
        mean = weighted.cumsum(1) / mask.cumsum(1)[..., None].clamp(min=1)
    else:
        mean = (weighted.sum(1, keepdim=True) / mask.sum(1)[:, None, None]).expand_as(state)
    return torch.cat([state, mean], -1)


class Read(nn.Module):
    """READ over one stack: a GRU over the layers, one sequence a position, whose mean corrects the last state."""

    def __init__(self, width):
        super().__init__()
        hidden = read_width(width)
        self.norm = nn.RMSNorm(width, eps=1e-6)
        self.cell = nn.GRU(2 * width, hidden)
        self.output = nn.Linear(hidden, width)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, read):
        """States and means, (layers, positions, 2 width) -> (positions, width)"""
        states, means = read.chunk(2, -1)
        swept, _ = self.cell(torch.cat([self.norm(states), normed(means)], -1))
        last = states[-1]
        return last + last.pow(2).mean(-1, keepdim=True).sqrt() * self.output(swept.mean(0))


class Tuned(nn.Module):
    """A checkpoint with a method; called with a batch it gives logits, one row for each target."""

    def __init__(self, backbone, method):
        super().__init__()
        self.backbone, self.method = backbone, method
        self.read = None

    def method_params(self):
        """What the method trains, apart from a task's classifier."""
        head = {id(param) for param in self.head_params()}
        return [param for param in self.parameters() if param.requires_grad and id(param) not in head]

    def head_params(self):
        return []

    def param_groups(self, learning_rate):
        scale = READ_LEARNING_RATE_SCALE if self.method == "read" else 1
        groups = [{"params": self.method_params(), "lr": learning_rate * scale}]
        return groups + [{"params": head, "lr": learning_rate} for head in [self.head_params()] if head]

    def recorded(self, blocks, pick, run):
        """`pick` of each block's output while `run` runs outside the graph: (layers, positions, width)."""
        states = []
        keep = lambda _module, _inputs, output: states.append(pick(output[0] if isinstance(output, tuple) else output))
        handles = [block.register_forward_hook(keep) for block in blocks]
        try:
            with torch.no_grad():
                run()
        finally:
            for handle in handles:
                handle.remove()
        return torch.stack(states)


class TunedEncoder(Tuned):
    """BertForSequenceClassification: pooler (pre-trained) and a fresh classifier, which every method trains."""

    def __init__(self, directory, method, classes, dropout):
        settings = {"num_labels": classes, "dtype": torch.float32}
        if dropout is not None:
            rates = ("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout")
            settings |= dict.fromkeys(rates, dropout)
        model = AutoModelForSequenceClassification.from_pretrained(directory, **settings)
        if method == "lora":
            config = peft.LoraConfig(task_type="SEQ_CLS", target_modules=["query", "value"], **LORA)
            model = peft.get_peft_model(model, config)
        super().__init__(model, method)
        if method == "read":
            model.requires_grad_(False)
            model.classifier.requires_grad_(True)
            self.read = Read(model.config.hidden_size)

    def head_params(self):
        return [param for name, param in self.backbone.named_parameters() if "classifier" in name and param.requires_grad]

    def forward(self, inputs):
        if self.read is None:
            return self.backbone(**inputs).logits
        bert = self.backbone.bert
        pick = lambda state: with_mean_of_seen(state, inputs["attention_mask"], is_causal=False)[:, 0]
        states = self.recorded(bert.encoder.layer, pick, lambda: bert(**inputs))
        corrected = self.read(states)[:, None]  # the pooler takes the first token
        return self.backbone.classifier(self.backbone.dropout(bert.pooler(corrected)))


class TunedDecoder(Tuned):
    """A causal language model whose head runs at the positions that are read only, as a careful user of PyTorch does."""

    def __init__(self, directory, method):
        model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
        if method == "lora":
            config = peft.LoraConfig(task_type="CAUSAL_LM", target_modules=["q_proj", "v_proj"], **LORA)
            model = peft.get_peft_model(model, config)
        super().__init__(model, method)
        if method == "read":
            model.requires_grad_(False)
            self.read = Read(model.config.hidden_size)

    def forward(self, inputs):
        """`rows` and `positions` of `inputs` name the tokens after which logits are wanted."""
        causal = self.backbone.get_base_model() if self.method == "lora" else self.backbone
        at = (inputs["rows"], inputs["positions"])
        run = lambda: causal.model(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False
        ).last_hidden_state
        if self.read is None:
            return causal.lm_head(run()[at])
        pick = lambda state: with_mean_of_seen(state, inputs["attention_mask"], is_causal=True)[at]
        states = self.recorded(causal.model.layers, pick, run)
        return causal.lm_head(causal.model.norm(self.read(states)))
