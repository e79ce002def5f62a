"""Counts and some targets by the official FER+ generator (microsoft/FERPlus, ferplus.py, commit ae2128ab), transcribed.

Usage: python3 fer-plus.reference.py FOLDER/labels.csv
"""
import csv
import sys
from collections import Counter

NAMES = "neutral happiness surprise sadness anger disgust fear contempt unknown NF".split()


def process(raw, mode):
    raw = [float(v) if v >= 1.0 + sys.float_info.epsilon else 0.0 for v in raw]
    unknown = [0.0] * 10
    unknown[-2] = 1.0
    total = sum(raw)
    emotion = [0.0] * 10
    if mode == "majority":
        most = max(raw)
        if most > 0.5 * total:
            emotion[raw.index(most)] = most
        else:
            emotion = unknown
    else:
        part, count, valid = 0, 0, True
        while part < 0.75 * total and count < 3 and valid:
            most = max(raw)
            for i in range(10):
                if raw[i] == most:
                    emotion[i] = most
                    raw[i] = 0
                    part += emotion[i]
                    count += 1
                    if i >= 8:
                        valid = False
                        if sum(emotion) > most:
                            emotion[i] = 0
                            count -= 1
                        break
        if sum(emotion) <= 0.5 * total or count > 3:
            emotion = unknown
    return [v / sum(emotion) for v in emotion]


rows = list(csv.DictReader(open(sys.argv[1])))
for split, mode in (("train", "majority"), ("train", "votes"), ("valid", "majority")):
    counts, soft = Counter(), 0
    for row in rows:
        if row["split"] != split:
            continue
        if split == "train" and (row["near_publictest"] == "1" or row["pixels"] == "jpeg_recovered"):
            continue
        target = process([int(row["ferplus_" + name]) for name in NAMES], mode)
        index = target.index(max(target))
        if index < 8:
            counts[index] += 1
            soft += max(target) < 1
    print(split, mode, sum(counts.values()), [counts[i] for i in range(8)], "soft", soft)
