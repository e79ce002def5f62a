"""PyTorch's side of a bench: reads one JSON command a line from standard input, answers one JSON line each.

{"command": "create", "work": {...}, "batch": 64, "threads": 2, "layout": "contiguous" | "channels_last",
 "tensors": {"weights": PATH, "images": PATH, "labels": PATH}}
    makes the network (torch_network.py), its optimizer and one batch; answers {"version", "parameters"}.
{"command": "steps", "count": 3}
    trains on the batch; answers {"wall_ms", "cpu_ms"} per step, and {"losses"} of all steps.
{"command": "export", "path": PATH, "statistics": {name: [means, variances]}, "opset": 13}
    writes the network in evaluation form with those statistics of batch norm.
{"command": "memory"}
    answers {"peak_memory_mb"} of this process.
A failed command answers {"error"}. The server ends with its input.
"""

import json
import resource
import sys
import time

import numpy
import torch
from torch.nn import functional
from torch_network import Network, key, make_optimizer


def create(work, batch, threads, layout, tensors):
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)  # a batch learned by heart has tiny gradients, slow where denormal
    network = Network(work["network"], tensors["weights"]).train()
    size = work["size"]
    images = torch.from_numpy(numpy.fromfile(tensors["images"], dtype="<f4"))
    images = images.reshape(batch, work["channels"], size, size)
    if layout == "channels_last":
        network = network.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    labels = torch.from_numpy(numpy.fromfile(tensors["labels"], dtype="<i4").astype("int64"))
    optimizer = make_optimizer(network.parameters(), work["optimizer"])

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = functional.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return network, images, step


def timed(step, count):
    wall, cpu = time.perf_counter(), time.process_time()
    losses = [step() for _ in range(count)]
    return {
        "wall_ms": (time.perf_counter() - wall) * 1e3 / count,
        "cpu_ms": (time.process_time() - cpu) * 1e3 / count,
        "losses": losses,
    }


def export(network, images, path, statistics, opset):
    buffers = dict(network.named_buffers())
    for name, (means, variances) in statistics.items():
        buffers[key(name) + "_mean"].copy_(torch.tensor(means))
        buffers[key(name) + "_variance"].copy_(torch.tensor(variances))
    network.eval()
    names = {"input_names": ["image"], "output_names": ["logits"]}
    axes = {"image": {0: "N"}, "logits": {0: "N"}}
    torch.onnx.export(network, images[:2], path, opset_version=opset, dynamic_axes=axes, **names)
    network.train()
    return {"version": torch.__version__}


def main():
    network = images = step = None
    for line in sys.stdin:
        request = json.loads(line)
        command = request.pop("command")
        try:
            if command == "create":
                network, images, step = create(**request)
                count = sum(parameter.numel() for parameter in network.parameters())
                answer = {"version": torch.__version__, "parameters": count}
            elif command == "steps":
                answer = timed(step, request["count"])
            elif command == "export":
                answer = export(network, images, **request)
            elif command == "memory":
                # Linux counts in KiB, macOS in bytes
                unit = 1 if sys.platform == "darwin" else 1024
                answer = {"peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6}
            else:
                answer = {"error": f"expected create, steps, export or memory, received {command}"}
        except Exception as error:
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


main()
