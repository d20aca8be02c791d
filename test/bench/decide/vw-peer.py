"""Vowpal Wabbit in the same decisions: SquareCB over action-dependent features, `nothing` as an action, cost = -value on the same scale.

Reads one folder a contest: shape.json, shared.bin and actions.bin (float32 features), values.bin and costs.bin (money, one an offer),
outcomes.bin (uint8, whether each offer would be accepted), chances.bin (float32, what is true). Prints one JSON line: the expected value of
each decision's distribution, summed by fifths of the decisions.
"""

import json
import random
import sys

import numpy as np
from vowpalwabbit import pyvw


def contest(folder, options):
    shape = json.load(open(f"{folder}/shape.json"))
    n, offers, shared_size, action_size = (shape[name] for name in ("decisions", "offers", "shared", "action"))
    read = lambda name, kind: np.fromfile(f"{folder}/{name}.bin", dtype=kind)
    shared = read("shared", np.float32).reshape(n, shared_size)
    actions = read("actions", np.float32).reshape(n, offers, action_size)
    values, costs = read("values", np.float32), read("costs", np.float32)
    outcomes = read("outcomes", np.uint8).reshape(n, offers)
    chances = read("chances", np.float32).reshape(n, offers)
    low, high = shape["low"], shape["high"]
    vw = pyvw.Workspace(f"--cb_explore_adf --squarecb --quiet -q sa -q si --ignore_linear s --random_seed {shape['seed']} {options}")
    dice = random.Random(shape["seed"])
    fifths = [0.0] * 5
    scaled = lambda value: (min(max(value, low), high) - low) / (high - low)
    for t in range(n):
        context = "shared |s " + " ".join(f"{k}:{v:.4f}" for k, v in enumerate(shared[t]) if v)
        lines = [context, "|i nothing"]
        lines += [
            f"|i o{o} |a " + " ".join(f"{k}:{v:.4f}" for k, v in enumerate(actions[t, o]) if v) for o in range(offers)
        ]
        pmf = vw.predict(lines)
        worth = [0.0] + [float(chances[t, o] * values[o] - costs[o]) for o in range(offers)]
        fifths[min(4, 5 * t // n)] += sum(p * w for p, w in zip(pmf, worth))
        drawn = dice.choices(range(offers + 1), weights=pmf)[0]
        brought = 0.0 if drawn == 0 else float(outcomes[t, drawn - 1] * values[drawn - 1] - costs[drawn - 1])
        lines[drawn + 1] = f"0:{-scaled(brought):.5f}:{pmf[drawn]:.5f} {lines[drawn + 1]}"
        vw.learn(lines)
    vw.finish()
    print(json.dumps({"fifths": [total / (n / 5) for total in fifths]}), flush=True)


for line in sys.stdin:
    asked = json.loads(line)
    contest(asked["folder"], asked["options"])
