"""COCO's twelve numbers by pycocotools, for bench/coco.js. Usage: coco-pycocotools.py FILE.json bbox|segm REPEATS.

The file has `truth`, a data set as COCO has them, and `finds`, a list of results. What is timed is `evaluate`, `accumulate` and
`summarize`; reading and indexing are not. Prints one line of JSON: version, wall_ms and cpu_ms of one repeat, ap.
"""
import contextlib
import importlib.metadata
import io
import json
import pathlib
import sys
import time

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

path, kind, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
given = json.loads(pathlib.Path(path).read_text())
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO()
    truth.dataset = given["truth"]
    truth.createIndex()
    found = truth.loadRes(given["finds"])
    wall = cpu = 0
    for _ in range(repeats):
        wall_start, cpu_start = time.perf_counter(), time.process_time()
        evaluation = COCOeval(truth, found, kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        wall += time.perf_counter() - wall_start
        cpu += time.process_time() - cpu_start
print(
    json.dumps(
        {
            "version": importlib.metadata.version("pycocotools"),
            "wall_ms": wall * 1e3 / repeats,
            "cpu_ms": cpu * 1e3 / repeats,
            "ap": float(evaluation.stats[0]),
        }
    )
)
