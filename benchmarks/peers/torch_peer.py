"""The same T5 steps in PyTorch and PEFT, as a child of run.mjs or gpu.mjs: a request a line on stdin, an answer a line on stdout.

Needs torch and transformers, and peft for its methods; the product itself never does. `device` is cpu or cuda; `precision` is f32,
tf32 (products on tensor cores) or bf16 (autocast, weights and AdamW in float32).
"""

import json
import sys
import time

import torch
import transformers
from torch import nn

try:
    import peft
except ImportError:
    peft = None

request = json.loads(sys.argv[1])
device = torch.device(request.get("device", "cpu"))
precision = request.get("precision", "f32")
torch.set_num_threads(request["threads"])
torch.manual_seed(0)
torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
torch.backends.cudnn.allow_tf32 = precision == "tf32"  # and its GRU


def config() -> transformers.T5Config:
    return transformers.T5Config(
        vocab_size=request["vocabulary"],
        d_model=request["width"],
        d_kv=64,
        num_heads=request["width"] // 64,
        d_ff=request["feedForward"],
        num_layers=request["layers"],
        num_decoder_layers=request["layers"],
        dropout_rate=0.0,
        feed_forward_proj="relu",
        tie_word_embeddings=True,
        use_cache=False,
    )


class Read(nn.Module):
    """READ (Wang et al. 2023): the backbone under no_grad, nn.GRU over its layers, each token a sequence of its own."""

    def __init__(self, backbone: transformers.T5ForConditionalGeneration, hidden: int):
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
        scale = last.pow(2).mean(-1, keepdim=True).sqrt()
        hidden = model.decoder.final_layer_norm(last + scale * correction) * width**-0.5
        logits = model.lm_head(hidden)
        return nn.functional.cross_entropy(logits.view(-1, logits.shape[-1]), labels.view(-1))


def base_forward(model, input_ids, attention_mask, decoder_input_ids):
    encoded = model.encoder(input_ids=input_ids, attention_mask=attention_mask)
    return model.decoder(
        input_ids=decoder_input_ids,
        encoder_hidden_states=encoded[0],
        encoder_attention_mask=attention_mask,
        output_attentions=True,
        use_cache=False,
    )


def build(method: str):
    """The module and its loss as a function of a batch."""
    model = transformers.T5ForConditionalGeneration._from_config(config(), attn_implementation="eager").train()
    if method == "read":
        model = Read(model, request["readHidden"])
        return model, lambda batch: model(**batch)
    if method != "full":
        model = peft.get_peft_model(model, peft_config(method))
    return model, lambda batch: model(**batch).loss


def peft_config(method: str):
    """PEFT's counterpart of a method with this project's default sizes."""
    if peft is None:
        raise RuntimeError("peft is not installed")
    task = "SEQ_2_SEQ_LM"
    known = {
        "lora": lambda: peft.LoraConfig(
            r=8, lora_alpha=16, lora_dropout=0.0, target_modules=["q", "v"], task_type=task
        ),
        "ia3": lambda: peft.IA3Config(task_type=task),
        "ln-tuning": lambda: peft.LNTuningConfig(task_type=task),
        "prompt-tuning": lambda: peft.PromptTuningConfig(task_type=task, num_virtual_tokens=100),
    }
    if method not in known:
        raise RuntimeError(f"no counterpart of {method} in PEFT")
    return known[method]()


def synchronize():
    if device.type == "cuda":
        torch.cuda.synchronize()


class Steps:
    def __init__(self, method: str):
        model, self.loss = build(method)
        self.model = model.to(device)
        self.trained = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self.trained, lr=1e-3, weight_decay=0.0, fused=True)
        shape = (request["batch"], request["tokens"])
        targets = (request["batch"], request["targets"])
        high = request["vocabulary"] - 100
        self.batch = {
            "input_ids": torch.randint(2, high, shape),
            "attention_mask": torch.ones(shape, dtype=torch.long),
            "decoder_input_ids": torch.randint(2, high, targets),
            "labels": torch.randint(2, high, targets),
        }
        self.batch = {name: tensor.to(device) for name, tensor in self.batch.items()}

    def step(self, batch=None) -> float:
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
            loss = self.loss(self.batch if batch is None else batch)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def resident_bytes(self) -> int:
        """Parameters and what the optimizer keeps, each storage once."""
        state = [value for entry in self.optimizer.state.values() for value in entry.values() if torch.is_tensor(value)]
        storages = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in [*self.model.parameters(), *state]}
        return sum(storages.values())

    def peak_bytes(self) -> int:
        """Most bytes of tensors alive at once in one step, by the profiler's record of the allocator."""
        self.optimizer.zero_grad(set_to_none=True)
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
            self.step()
        live = peak = 0
        events = [e for e in profile.profiler.kineto_results.events() if e.name() == "[memory]"]
        for event in sorted(events, key=lambda e: e.start_ns()):
            live += event.nbytes()
            peak = max(peak, live)
        return self.resident_bytes() + peak


def measure(method: str, seconds: float, warm_up: int) -> dict:
    """Steps of a fresh model until `seconds` have passed, for gpu.mjs; times are epoch seconds."""
    on_gpu = device.type == "cuda"
    if on_gpu:
        torch.cuda.empty_cache()
    own = Steps(method)
    for _ in range(warm_up):
        own.step()
    synchronize()
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
    begin, times = time.time(), []
    while len(times) < 3 or time.time() - begin < seconds:
        before = time.perf_counter()
        loss = own.step()  # reads the loss, so it waits
        synchronize()
        times.append(1000 * (time.perf_counter() - before))
    end = time.time()
    trained = sum(p.numel() for p in own.trained)
    answer = {"ms": times, "loss": loss, "fromS": begin, "toS": end, "trained": trained}
    if not on_gpu:
        return {**answer, "peakBytes": own.peak_bytes(), "bufferBytes": None}
    buffers = {"live": torch.cuda.memory_reserved(), "peak": torch.cuda.max_memory_reserved()}
    return {**answer, "peakBytes": torch.cuda.max_memory_allocated(), "bufferBytes": buffers}


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
versions = {"python": sys.version.split()[0], "torch": torch.__version__, "transformers": transformers.__version__}
versions |= {"peft": peft.__version__ if peft else None, "cuda": torch.version.cuda}
print(json.dumps({"versions": versions, "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    ask = json.loads(line)
    method = ask["method"]
    if "seconds" in ask:
        try:
            print(json.dumps(measure(method, ask["seconds"], ask["warmUp"])), flush=True)
        except (RuntimeError, ValueError) as error:  # out of memory, or no counterpart: the next arm goes on
            print(json.dumps({"error": str(error).split("\n")[0]}), flush=True)
        continue
    if method not in steps:
        steps[method] = Steps(method)
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
    trained = sum(p.numel() for p in steps[method].trained)
    answer = {"ms": times, "cpuMs": cpu, "loss": loss, "trained": trained}
    print(json.dumps(answer), flush=True)
