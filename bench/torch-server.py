"""PyTorch's side of a bench: reads one JSON command a line from standard input, answers one JSON line each.

{"command": "create", "work": {...}, "batch": 64, "threads": 2, "layout": "contiguous" | "channels_last"}
    makes the network of bench/work-a.js, its optimizer and one batch; answers {"version", "parameters"}.
{"command": "steps", "count": 3}
    trains on the batch; answers {"wall_ms", "cpu_ms"} per step, and the last {"loss"}.
{"command": "memory"}
    answers {"peak_megabytes"} of this process.
A failed command answers {"error"}. The server ends with its input.
"""

import json
import os
import resource
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # idle threads must not take cores from the other contestants

import torch
from torch import nn
from torch.nn import functional


def convolution(inputs, outputs, kernel, stride):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
    )


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = convolution(inputs, outputs, 3, stride)
        self.second = convolution(outputs, outputs, 3, 1)
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if same else convolution(inputs, outputs, 1, stride)

    def forward(self, x):  # (N, inputs, H, W) -> (N, outputs, H / stride, W / stride)
        hidden = functional.relu(self.first(x), inplace=True)
        return functional.relu(self.second(hidden) + self.shortcut(x), inplace=True)


class ResidualNetwork(nn.Module):
    def __init__(self, work):
        super().__init__()
        self.stem = convolution(work["channels"], work["stem"], 3, 2)
        stages, width = [], work["stem"]
        for stage, (outputs, count) in enumerate(zip(work["widths"], work["blocks"])):
            for block in range(count):
                stages.append(BasicBlock(width, outputs, 2 if stage > 0 and block == 0 else 1))
                width = outputs
        self.stages = nn.Sequential(*stages)
        self.head = nn.Linear(width, work["classes"])

    def forward(self, x):
        x = functional.relu(self.stem(x), inplace=True)
        return self.head(self.stages(x).mean((2, 3)))


def create(work, batch, threads, layout):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    torch.set_flush_denormal(True)  # a batch learned by heart has tiny gradients, slow where denormal
    network = ResidualNetwork(work).train()
    images = torch.randn(batch, work["channels"], work["size"], work["size"])
    if layout == "channels_last":
        network = network.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    targets = torch.randint(0, work["classes"], (batch,))
    optimizer = torch.optim.SGD(network.parameters(), work["learningRate"], momentum=work["momentum"])

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = functional.cross_entropy(network(images), targets)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step, sum(parameter.numel() for parameter in network.parameters())


def timed(step, count):
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        loss = step()
    return {
        "wall_ms": (time.perf_counter() - wall) * 1e3 / count,
        "cpu_ms": (time.process_time() - cpu) * 1e3 / count,
        "loss": loss,
    }


def main():
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        command = request.pop("command")
        try:
            if command == "create":
                step, parameters = create(**request)
                answer = {"version": torch.__version__, "parameters": parameters}
            elif command == "steps":
                answer = timed(step, request["count"])
            elif command == "memory":
                # Linux counts in KiB, macOS in bytes
                unit = 1 if sys.platform == "darwin" else 1024
                answer = {"peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6}
            else:
                answer = {"error": f"expected create, steps or memory, received {command}"}
        except Exception as error:
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


main()
