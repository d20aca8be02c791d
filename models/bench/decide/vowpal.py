"""Plays Vowpal Wabbit through the points of a file, learning from each before the next.

python vowpal.py OPTIONS POINTS ANSWERS

A decision point is a line of JSON: {"shared": text, "actions": [text], "value": [number], "cost": [number], "probability": [number], "draw": u, "accept": u}.
Its answer is a line: the probability of each action.
"""

import json
import sys

import vowpalwabbit

options, points, answers = sys.argv[1:]
workspace = vowpalwabbit.Workspace(options + " --quiet")
with open(points) as source, open(answers, "w") as target:
    for line in source:
        point = json.loads(line)
        actions = point["actions"]
        lines = ["shared |s " + point["shared"]] + ["|a " + action for action in actions]
        pmf = workspace.predict(lines)
        chosen, passed = len(pmf) - 1, 0.0
        for action, share in enumerate(pmf):
            passed += share
            if point["draw"] < passed:
                chosen = action
                break
        accepted = point["accept"] < point["probability"][chosen]
        loss = point["cost"][chosen] - (point["value"][chosen] if accepted else 0)
        lines[1 + chosen] = f"0:{loss}:{pmf[chosen]} |a {actions[chosen]}"
        workspace.learn(lines)
        target.write(json.dumps([round(share, 9) for share in pmf]) + "\n")
workspace.finish()
