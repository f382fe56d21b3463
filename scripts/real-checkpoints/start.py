"""Where a run of this project begins, so that the same run can be made in PyTorch: its order of rows and the values that it drew."""

import torch
from safetensors.torch import load_file


def read_start(path):
    """The order of the rows in each epoch, and the trained tensors that were drawn, by the names of PEFT or models.py."""
    tensors = load_file(path)
    return tensors.pop("order").int().tolist(), tensors


@torch.no_grad()
def set_params(model, tensors):
    """Overwrites parameters of a tuned model of models.py, whether PEFT wraps its checkpoint or not."""
    own = {plain(name): param for name, param in model.named_parameters()}
    for name, values in tensors.items():
        param = own.get(plain(name))
        if param is None or param.shape != values.shape:
            got = "none" if param is None else list(param.shape)
            raise SystemExit(f"start: expected a parameter {plain(name)} of shape {list(values.shape)}, got {got}")
        param.copy_(values)


def plain(name):
    """A parameter's name without what PEFT and models.py put around it."""
    return name.removeprefix("backbone.").removeprefix("base_model.model.").replace(".modules_to_save", "").replace(".default", "")
