"""Plays Vowpal Wabbit through the moments of a file, learning from each before the next.

python vowpal.py OPTIONS MOMENTS ANSWERS

A moment is a line of JSON: {"shared": text, "actions": [text], "value": [number], "cost": [number], "probability": [number], "draw": u, "accept": u}.
Its answer is a line: the probability of each action.
"""

import json
import sys

import vowpalwabbit

options, moments, answers = sys.argv[1:]
workspace = vowpalwabbit.Workspace(options + " --quiet")
with open(moments) as source, open(answers, "w") as target:
    for line in source:
        moment = json.loads(line)
        actions = moment["actions"]
        lines = ["shared |s " + moment["shared"]] + ["|a " + action for action in actions]
        pmf = workspace.predict(lines)
        chosen, passed = len(pmf) - 1, 0.0
        for action, share in enumerate(pmf):
            passed += share
            if moment["draw"] < passed:
                chosen = action
                break
        accepted = moment["accept"] < moment["probability"][chosen]
        loss = moment["cost"][chosen] - (moment["value"][chosen] if accepted else 0)
        lines[1 + chosen] = f"0:{loss}:{pmf[chosen]} |a {actions[chosen]}"
        workspace.learn(lines)
        target.write(json.dumps([round(share, 9) for share in pmf]) + "\n")
workspace.finish()
