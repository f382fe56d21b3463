"""Training steps of T5, BERT and Llama in PyTorch and PEFT: what the Python peers of this project measure.

A request names the model by the fields of its `config.json` and the batch by its sizes. `precision` is f32, tf32 (products on tensor
cores) or bf16 (autocast, weights and AdamW in float32). Eager mode: nothing is compiled.
"""

import torch
import transformers
from torch import nn

try:
    import peft
except ImportError:
    peft = None

TASKS = {"t5": "SEQ_2_SEQ_LM", "bert": "SEQ_CLS", "llama": "CAUSAL_LM"}
LORA_TARGETS = {"t5": ["q", "v"], "bert": ["query", "value"], "llama": ["q_proj", "v_proj"]}


def versions() -> dict:
    return {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "peft": peft.__version__ if peft else None,
        "cuda": torch.version.cuda,
    }


def use_precision(precision: str) -> None:
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = precision == "tf32"  # and its GRU


def backbone(fields: dict, attention: str) -> nn.Module:
    """A model with random weights and no dropout; a BERT with a head of two classes."""
    rest = {name: value for name, value in fields.items() if name not in ("model_type", "architectures")}
    kind = fields["model_type"]
    if kind == "t5":
        rest |= {"dropout_rate": 0.0, "use_cache": False}
        model = transformers.AutoModelForSeq2SeqLM
    elif kind == "bert":
        rest |= dict.fromkeys(("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"), 0.0)
        rest |= {"num_labels": 2}
        model = transformers.AutoModelForSequenceClassification
    else:
        rest |= {"use_cache": False}
        model = transformers.AutoModelForCausalLM
    config = transformers.AutoConfig.for_model(kind, **rest)
    return model.from_config(config, attn_implementation=attention).train()


class ReadT5(nn.Module):
    """READ (Wang et al. 2023): the backbone under no_grad, nn.GRU over its layers, each token a sequence of its own."""

    def __init__(self, backbone: nn.Module, hidden: int):
        super().__init__()
        width = backbone.config.d_model
        self.backbone = backbone.requires_grad_(False)
        self.encoder_norm = nn.RMSNorm(width)
        self.decoder_norm = nn.RMSNorm(width)
        self.encoder = nn.GRU(width, hidden)
        self.decoder = nn.GRU(width + hidden, hidden)
        self.output = nn.Linear(hidden, width)

    def forward(self, input_ids, attention_mask, decoder_input_ids, labels):
        model = self.backbone
        with torch.no_grad():
            encoder_states, decoder_states = [], []
            hooks = [
                block.register_forward_hook(lambda _m, _i, out, to=to: to.append(out[0]))
                for stack, to in ((model.encoder, encoder_states), (model.decoder, decoder_states))
                for block in stack.block
            ]
            out = base_forward(model, input_ids, attention_mask, decoder_input_ids)
            for hook in hooks:
                hook.remove()
            attentions = out.cross_attentions
        batch, tokens, width = encoder_states[0].shape
        layers = torch.stack(encoder_states).view(len(encoder_states), -1, width)
        swept, _ = self.encoder(self.encoder_norm(layers))
        summary = swept.mean(0).view(batch, tokens, -1)
        joined = torch.stack([weights.mean(1) @ summary for weights in attentions])
        states = torch.cat([self.decoder_norm(torch.stack(decoder_states)), joined], -1)
        swept, _ = self.decoder(states.view(len(decoder_states), -1, states.shape[-1]))
        last = decoder_states[-1]
        correction = self.output(swept.mean(0)).view(last.shape)
        hidden = model.decoder.final_layer_norm(last + size(last) * correction)
        if model.config.tie_word_embeddings:
            hidden = hidden * width**-0.5
        logits = model.lm_head(hidden)
        return cross_entropy(logits, labels)


def base_forward(model, input_ids, attention_mask, decoder_input_ids):
    encoded = model.encoder(input_ids=input_ids, attention_mask=attention_mask)
    return model.decoder(
        input_ids=decoder_input_ids,
        encoder_hidden_states=encoded[0],
        encoder_attention_mask=attention_mask,
        output_attentions=True,
        use_cache=False,
    )


class Sweep(nn.Module):
    """READ over one stack: a GRU over the layers, one sequence a position, whose mean corrects the last state."""

    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.norm = nn.RMSNorm(width)
        self.cell = nn.GRU(2 * width, hidden)
        self.output = nn.Linear(hidden, width)

    def forward(self, read):
        """States and means of what they see, (layers, positions, 2 width) -> (positions, width)"""
        states, means = read.chunk(2, -1)
        swept, _ = self.cell(torch.cat([self.norm(states), normed(means)], -1))
        return states[-1] + size(states[-1]) * self.output(swept.mean(0))


def normed(state):
    return state * torch.rsqrt(state.square().mean(-1, keepdim=True) + 1e-6)


def with_means(state, means):
    """States (rows, positions, width) and what they see on average, as one: (rows, positions, 2 width)."""
    return torch.cat([state, means.expand_as(state)], -1)


def size(state):
    """The root mean square of each state."""
    return state.pow(2).mean(-1, keepdim=True).sqrt()


def cross_entropy(logits, labels):
    return nn.functional.cross_entropy(logits.view(-1, logits.shape[-1]), labels.view(-1))


def recorded(blocks, pick, run):
    """`pick` of each block's output while `run` runs outside the graph: (layers, positions, width)."""
    states = []
    keep = lambda _m, _i, out: states.append(pick(out[0] if isinstance(out, tuple) else out))
    hooks = [block.register_forward_hook(keep) for block in blocks]
    with torch.no_grad():
        run()
    for hook in hooks:
        hook.remove()
    return torch.stack(states)


class ReadBert(nn.Module):
    """READ on an encoder: it corrects the first token's state, which enters the pooler. The head is trained."""

    def __init__(self, backbone: nn.Module, hidden: int):
        super().__init__()
        self.backbone = backbone.requires_grad_(False)
        head_of(backbone).requires_grad_(True)
        self.read = Sweep(backbone.config.hidden_size, hidden)

    def forward(self, labels, **inputs):
        bert = self.backbone.bert
        share = inputs["attention_mask"] / inputs["attention_mask"].sum(1, keepdim=True)
        pick = lambda state: with_means(state[:, :1], share[:, None] @ normed(state))[:, 0]
        states = recorded(bert.encoder.layer, pick, lambda: bert(**inputs))
        logits = self.backbone.classifier(bert.pooler(self.read(states)[:, None]))
        return cross_entropy(logits, labels)


class ReadLlama(nn.Module):
    """READ on a decoder: it corrects the states at the positions that are read."""

    def __init__(self, backbone: nn.Module, hidden: int):
        super().__init__()
        self.backbone = backbone.requires_grad_(False)
        self.read = Sweep(backbone.config.hidden_size, hidden)

    def forward(self, input_ids, attention_mask, labels):
        causal, positions = self.backbone, labels.shape[1]
        run = lambda: causal.model(input_ids=input_ids, attention_mask=attention_mask, use_cache=False)
        seen = torch.arange(1, input_ids.shape[1] + 1, device=input_ids.device)[:, None]

        def pick(state):
            means = normed(state).cumsum(1) / seen
            return with_means(state[:, -positions:], means[:, -positions:]).flatten(0, 1)

        states = recorded(causal.model.layers, pick, run)
        return cross_entropy(causal.lm_head(causal.model.norm(self.read(states))), labels)


def head_of(model: nn.Module) -> nn.Module:
    return model.classifier


def causal_loss(model, batch):
    """The head of a decoder runs at the last `labels.shape[1]` positions alone, as a careful user of PyTorch writes it."""
    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    labels = batch["labels"]
    states = causal.model(
        input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], use_cache=False
    ).last_hidden_state
    return cross_entropy(causal.lm_head(states[:, -labels.shape[1] :]), labels)


def with_biases(model: nn.Module, kind: str) -> nn.Module:
    """BitFit: BERT's own biases; T5 and Llama get one behind every linear layer and norm, as Sung et al. 2022 do. A head is trained."""
    model.requires_grad_(False)
    if kind == "bert":
        for name, param in model.named_parameters():
            param.requires_grad_(name.endswith(".bias"))
        head_of(model).requires_grad_(True)
        return model
    for module in model.modules():
        if isinstance(module, nn.Linear):
            module.bias = nn.Parameter(torch.zeros(module.out_features))
        elif type(module).__name__.endswith(("LayerNorm", "RMSNorm")):
            module.bias = nn.Parameter(torch.zeros_like(module.weight))
            module.register_forward_hook(lambda norm, _inputs, out: out + norm.bias)
    return model


def peft_config(method: str, kind: str):
    """PEFT's counterpart of a method with this project's default sizes."""
    if peft is None:
        raise RuntimeError("peft is not installed")
    task = TASKS[kind]
    known = {
        "lora": lambda: peft.LoraConfig(
            r=8, lora_alpha=16, lora_dropout=0.0, target_modules=LORA_TARGETS[kind], task_type=task
        ),
        "ia3": lambda: peft.IA3Config(task_type=task),
        "ln-tuning": lambda: peft.LNTuningConfig(task_type=task),
        "prompt-tuning": lambda: peft.PromptTuningConfig(task_type=task, num_virtual_tokens=100),
    }
    if method not in known:
        raise RuntimeError(f"no counterpart of {method} in PEFT")
    return known[method]()


def build(method: str, request: dict):
    """The module, its loss as a function of a batch, and the attention it computes with."""
    fields = request["config"]
    kind = fields["model_type"]
    # READ on T5 reads attention's weights, which only eager attention has
    wanted = ["eager"] if kind == "t5" and method == "read" else request.get("attention", ["sdpa", "eager"])
    for attention in wanted:
        try:
            model = backbone(fields, attention)
            break
        except ValueError:  # not every version has it for every model
            if attention == wanted[-1]:
                raise
    if method == "read":
        read = {"t5": ReadT5, "bert": ReadBert, "llama": ReadLlama}[kind]
        model = read(model, request["readHidden"])
        return model, lambda batch: model(**batch), attention
    if method == "bitfit":
        model = with_biases(model, kind)
    elif method != "full":
        model = peft.get_peft_model(model, peft_config(method, kind)) if peft else peft_config(method, kind)
    if kind == "llama":
        return model, lambda batch: causal_loss(model, batch), attention
    return model, lambda batch: model(**batch).loss, attention


def random_batch(request: dict) -> dict[str, torch.Tensor]:
    """Random ids without padding. `tokens` is what a T5's encoder, a BERT and a Llama compute on."""
    fields = request["config"]
    rows, tokens, targets = request["batch"], request["tokens"], request["targets"]
    ids = lambda *shape: torch.randint(2, fields["vocab_size"] - 100, shape)
    batch = {"input_ids": ids(rows, tokens), "attention_mask": torch.ones((rows, tokens), dtype=torch.long)}
    if fields["model_type"] == "t5":
        return batch | {"decoder_input_ids": ids(rows, targets), "labels": ids(rows, targets)}
    if fields["model_type"] == "bert":
        return batch | {"labels": torch.randint(0, 2, (rows,))}
    return batch | {"labels": ids(rows, targets)}


class Steps:
    """One update after another of a fresh model on one batch."""

    def __init__(self, method: str, request: dict):
        self.device = torch.device(request.get("device", "cpu"))
        self.precision = request.get("precision", "f32")
        use_precision(self.precision)
        with self.device:  # weights are drawn where they are used
            model, self.loss, self.attention = build(method, request)
        self.model = model.to(self.device)
        self.trained = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self.trained, lr=1e-3, weight_decay=0.0, fused=True)
        self.batch = {name: tensor.to(self.device) for name, tensor in random_batch(request).items()}

    def step(self, batch=None) -> float:
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16"):
            loss = self.loss(self.batch if batch is None else batch)
        loss.backward()
        self.optimizer.step()
        return loss.item()  # waits for all of the step

    def trained_values(self) -> int:
        return sum(p.numel() for p in self.trained)

    def resident_bytes(self) -> int:
        """Parameters and what the optimizer keeps, each storage once."""
        state = [value for entry in self.optimizer.state.values() for value in entry.values() if torch.is_tensor(value)]
        storages = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in [*self.model.parameters(), *state]}
        return sum(storages.values())

    def peak_bytes(self) -> int:
        """Most bytes of tensors alive at once in one step on the CPU, by the profiler's record of the allocator."""
        self.optimizer.zero_grad(set_to_none=True)
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
            self.step()
        live = peak = 0
        events = [e for e in profile.profiler.kineto_results.events() if e.name() == "[memory]"]
        for event in sorted(events, key=lambda e: e.start_ns()):
            live += event.nbytes()
            peak = max(peak, live)
        return self.resident_bytes() + peak
