"""Tunes the implicit library's ALS on a validation window by coordinate search, fits it on everything before the cut, and ranks the full catalogue."""
import json
import sys

import numpy
import scipy.sparse
from implicit.cpu.als import AlternatingLeastSquares

AXES = {
    "halfLifeDays": [15, 30, 60, 120, 240, None],
    "alpha": [1, 3, 10, 30, 100],
    "factors": [16, 32, 64, 128, 256],
    "regularization": [0.003, 0.03, 0.3, 3, 30],
    "iterations": [5, 15, 30],
}
START = {"halfLifeDays": 60, "alpha": 10, "factors": 64, "regularization": 0.3, "iterations": 15}
DISCOUNT = 1 / numpy.log2(numpy.arange(20) + 2)


def ranker(part, items, choice):
    confidence = numpy.array(part["confidence"], numpy.float32)
    if choice["halfLifeDays"] is not None:
        confidence = confidence * 2 ** (-numpy.array(part["ageDays"], numpy.float32) / choice["halfLifeDays"])
    offsets = part["offsets"]
    matrix = scipy.sparse.csr_matrix((confidence, part["indexes"], offsets), shape=(len(offsets) - 1, items))
    model = AlternatingLeastSquares(
        factors=choice["factors"],
        regularization=choice["regularization"],
        alpha=choice["alpha"],
        iterations=choice["iterations"],
        num_threads=2,
        random_state=1,
    )
    model.fit(matrix, show_progress=False)
    popular = numpy.asarray((matrix > 0).sum(0)).ravel().astype(numpy.float32)
    return lambda customer: popular if offsets[customer] == offsets[customer + 1] else model.item_factors @ model.user_factors[customer]


def figures(part, items, choice, repeats):
    scores_of = ranker(part, items, choice)
    sums = {name: [0.0, 0.0] for name in repeats}
    counts = dict.fromkeys(repeats, 0)
    for query in part["queries"]:
        scores = numpy.array(scores_of(query["customer"]))
        scores[query["blocked"]] = -numpy.inf
        relevant = set(query["relevant"])
        hits = numpy.array([row in relevant for row in numpy.argsort(-scores, kind="stable")[:20]])
        size = query["size"]
        ideal = DISCOUNT[: min(20, size)].sum()
        counts[query["repeats"]] += 1
        sums[query["repeats"]][0] += hits.sum() / size
        sums[query["repeats"]][1] += (DISCOUNT[: len(hits)] * hits).sum() / ideal
    return {name: {"recall20": sums[name][0] / max(1, counts[name]), "ndcg20": sums[name][1] / max(1, counts[name])} for name in repeats}


data = json.load(open(sys.argv[1]))
trials = int(sys.argv[2])
items = data["items"]
names = ["all", "firstTime"]
quality = lambda choice: sum(one["ndcg20"] for one in figures(data["validation"], items, choice, names).values()) / 2
best, reached, tried = dict(START), quality(START), 1
for axis, values in AXES.items():
    for step in (1, -1):
        moved = False
        while tried < trials:
            place = values.index(best[axis]) + step
            if not 0 <= place < len(values):
                break
            choice = {**best, axis: values[place]}
            value = quality(choice)
            tried += 1
            if value <= reached:
                break
            best, reached, moved = choice, value, True
        if moved:
            break
print(json.dumps({"figures": figures(data["test"], items, best, names), "chosen": best, "trials": tried}))
