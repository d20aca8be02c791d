"""Reads logged decisions as raw arrays and prints what obp's estimators, or else its published formulas, make of them, as JSON."""
import importlib
import json
import os
import sys
import sysconfig
import types

import numpy as np

folder = sys.argv[1]
shape = json.load(open(os.path.join(folder, "shape.json")))
n, actions = shape["rounds"], shape["actions"]


def read(name, dtype="<f8"):
    return np.fromfile(os.path.join(folder, name), dtype)


reward = read("reward")
chosen = read("chosen", "<i4").astype(int)
pscore = read("pscore")
policy = read("policy").reshape(n, actions, 1)
expected = read("expected").reshape(n, actions, 1)
position = np.zeros(n, dtype=int)


def by_obp():
    """obp declares torch, a download of gigabytes, and uses it only where it is given tensors; an empty stand-in lets its numpy code run."""
    root = os.path.join(sysconfig.get_paths()["purelib"], "obp")
    torch = types.ModuleType("torch")
    torch.Tensor = type("Tensor", (), {})
    sys.modules.setdefault("torch", torch)
    for name, path in (("obp", root), ("obp.ope", os.path.join(root, "ope"))):
        package = types.ModuleType(name)
        package.__path__ = [path]
        sys.modules[name] = package
    ope = importlib.import_module("obp.ope.estimators")
    log = dict(reward=reward, action=chosen, position=position, pscore=pscore, action_dist=policy)
    model = dict(estimated_rewards_by_reg_model=expected)
    estimate = lambda estimator, **inputs: float(estimator.estimate_policy_value(**inputs))
    return {
        "ips": estimate(ope.InverseProbabilityWeighting(), **log),
        "snips": estimate(ope.SelfNormalizedInverseProbabilityWeighting(), **log),
        "directMethod": estimate(ope.DirectMethod(), position=position, action_dist=policy, **model),
        "doublyRobust": estimate(ope.DoublyRobust(), **log, **model),
    }


def by_formula():
    rows = np.arange(n)
    weight = policy[rows, chosen, 0] / pscore
    direct = np.average(expected[:, :, 0], weights=policy[:, :, 0], axis=1)
    return {
        "ips": float((weight * reward).mean()),
        "snips": float((weight * reward).mean() / weight.mean()),
        "directMethod": float(direct.mean()),
        "doublyRobust": float((direct + weight * (reward - expected[rows, chosen, 0])).mean()),
    }


def obp_version():
    from importlib.metadata import version

    return version("obp")


try:
    answer = {"peer": f"obp {obp_version()}", **by_obp()}
except Exception as error:
    answer = {"peer": "obp's published formulas in numpy", "why": repr(error), **by_formula()}
print(json.dumps(answer))
