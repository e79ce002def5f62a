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

# Valence and arousal of the valid part as affect-of-votes.ts derives them: how many have none, and the means of the others.
AFFECT = {
    "neutral": (0, 0), "happiness": (0.81, 0.51), "surprise": (0.40, 0.67), "sadness": (-0.63, -0.27),
    "anger": (-0.51, 0.59), "disgust": (-0.60, 0.35), "fear": (-0.64, 0.60),
}
derived, without = [], 0
for row in rows:
    raw = [int(row["ferplus_" + name]) for name in NAMES]
    target = process(raw, "majority")
    if row["split"] != "valid" or target.index(max(target)) >= 8:
        continue
    counted = {name: vote for name, vote in zip(NAMES, raw) if vote > 1}
    placed = sum(counted.get(name, 0) for name in AFFECT)
    if placed == 0 or counted.get("contempt", 0) > placed:
        without += 1
        continue
    derived.append([sum(counted.get(name, 0) * AFFECT[name][axis] for name in AFFECT) / placed for axis in (0, 1)])
print("affect valid", len(derived), "without", without, [sum(pair[axis] for pair in derived) / len(derived) for axis in (0, 1)])
