"""Fits the implicit library's ALS to a matrix in raw files; prints seconds and memory, leaves both sides' factors beside the matrix."""
import json
import re
import sys
import time

import numpy
import scipy.sparse
from implicit.cpu.als import AlternatingLeastSquares


def peak_memory_mb():
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) / 1024


imported_mb = peak_memory_mb()
matrix, items, factors, sweeps, alpha, regularization, solver = sys.argv[1:]
offsets = numpy.fromfile(matrix + ".offsets", numpy.int32)
indexes = numpy.fromfile(matrix + ".indexes", numpy.int32)
ones = numpy.ones(len(indexes), numpy.float32)
interactions = scipy.sparse.csr_matrix((ones, indexes, offsets), shape=(len(offsets) - 1, int(items)))
model = AlternatingLeastSquares(
    factors=int(factors),
    iterations=int(sweeps),
    alpha=float(alpha),
    regularization=float(regularization),
    use_cg=solver == "conjugate",
    num_threads=2,
    random_state=1,
)
started = time.perf_counter()
model.fit(interactions, show_progress=False)
seconds = time.perf_counter() - started
memory_mb = peak_memory_mb() - imported_mb
model.user_factors.tofile(matrix + ".customers")
model.item_factors.tofile(matrix + ".items")
print(json.dumps({"seconds": seconds, "memoryMB": memory_mb}))
