"""Times the usearch library's exact search for one query on one thread: over an array and over an index, the faster of which it prints."""
import json
import sys
import time

import numpy
from usearch.index import Index, MetricKind, search

k = 20
path, dimensions = sys.argv[1], int(sys.argv[2])
numbers = numpy.fromfile(path, numpy.float32).reshape(-1, dimensions)
query, vectors = numbers[0], numbers[1:]
# The graph is not used by an exact search, so it is made as small as it can be.
index = Index(ndim=dimensions, metric=MetricKind.IP, dtype="f32", connectivity=2, expansion_add=1)
index.add(numpy.arange(len(vectors)), vectors)


def fastest(call):
    def once():
        started = time.perf_counter()
        call()
        return (time.perf_counter() - started) * 1000

    rounds = max(9, min(400, round(400 / once())))
    return min(once() for _ in range(rounds))


over_array = fastest(lambda: search(vectors, query, k, MetricKind.IP, exact=True, threads=1))
over_index = fastest(lambda: index.search(query, k, exact=True, threads=1))
print(json.dumps({"overArrayMs": over_array, "overIndexMs": over_index}))
