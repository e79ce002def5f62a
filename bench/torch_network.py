"""PyTorch's reading of a network of bench/network.js: `layers` as data, evaluated with torch.nn.functional."""

import numpy
import torch
from torch import nn
from torch.nn import functional


class Network(nn.Module):
    """Weights come from `path`: float32 of all parameters in order. Statistics of batch norm start at 0 and 1."""

    def __init__(self, network, path):
        super().__init__()
        self.layers = network["layers"]
        values = numpy.fromfile(path, dtype="<f4")
        self.weights = nn.ParameterDict()
        offset = 0
        for parameter in network["parameters"]:
            shape = parameter["shape"]
            size = int(numpy.prod(shape))
            tensor = torch.from_numpy(values[offset : offset + size].copy()).reshape(shape)
            self.weights[key(parameter["name"])] = nn.Parameter(tensor)
            offset += size
        for layer in self.layers:
            if layer["layer"] == "batchNormalization":
                channels = layer["shape"][0]
                self.register_buffer(key(layer["statistics"]) + "_mean", torch.zeros(channels))
                self.register_buffer(key(layer["statistics"]) + "_variance", torch.ones(channels))
        self.steps = [(getattr(self, "_" + layer["layer"]), layer, self._operands(layer)) for layer in self.layers]
        self.last_use = {index: step for step, layer in enumerate(self.layers) for index in layer["inputs"]}

    def _operands(self, layer):
        return [self.weights[key(name)] for name in layer["parameters"]]

    def forward(self, image):  # (N, C, H, W) -> (N, classes)
        values = {0: image}
        for index, (apply, layer, operands) in enumerate(self.steps):
            values[index + 1] = apply(layer, *(values[read] for read in layer["inputs"]), *operands)
            for read in set(layer["inputs"]):
                if self.last_use[read] == index:
                    del values[read]  # as a hand-written forward pass lets go of it
        return values[len(self.layers)]

    def _convolution(self, layer, x, weight):
        return functional.conv2d(x, weight, None, layer["stride"], layer["pad"], 1, layer["groups"])

    def _batchNormalization(self, layer, x, scale, bias):
        name = key(layer["statistics"])
        mean, variance = getattr(self, name + "_mean"), getattr(self, name + "_variance")
        return functional.batch_norm(x, mean, variance, scale, bias, self.training, 0.1, 1e-5)

    # in place, as torchvision's networks are written
    def _relu(self, layer, x):
        return functional.relu(x, inplace=True)

    def _relu6(self, layer, x):
        return functional.hardtanh(x, 0.0, 6.0, inplace=True)

    def _gelu(self, layer, x):
        return functional.gelu(x)

    def _add(self, layer, x, y):
        return x + y

    def _meanOfMap(self, layer, x):
        return x.mean((2, 3))

    def _meanOfTokens(self, layer, x):
        return x.mean(1)

    def _linear(self, layer, x, weight, bias):
        return functional.linear(x, weight, bias)

    def _patches(self, layer, x):
        side, (channels, height, width) = layer["side"], layer["from"]
        squares = x.reshape(-1, channels, height // side, side, width // side, side)
        return squares.permute(0, 2, 4, 1, 3, 5).reshape(-1, *layer["shape"])

    def _positions(self, layer, x, positions):
        return x + positions

    def _layerNormalization(self, layer, x, scale, bias):
        return functional.layer_norm(x, layer["shape"][-1:], scale, bias, 1e-5)

    def _attention(self, layer, x):
        tokens, width = layer["shape"]
        heads = layer["heads"]
        depth = width // heads
        queries, keys, values = x.reshape(-1, tokens, 3, heads, depth).permute(2, 0, 3, 1, 4).unbind(0)
        shares = ((queries @ keys.transpose(-2, -1)) * depth**-0.5).softmax(-1)
        return (shares @ values).transpose(1, 2).reshape(-1, tokens, width)


def key(name):
    """Names of modules hold no dots."""
    return name.replace(".", "_")


def make_optimizer(parameters, settings):
    if settings["kind"] == "sgd":
        return torch.optim.SGD(parameters, settings["rate"], momentum=settings["momentum"])
    return torch.optim.AdamW(
        parameters,
        settings["rate"],
        betas=(settings["beta1"], settings["beta2"]),
        eps=settings["epsilon"],
        weight_decay=settings["weightDecay"],
    )
