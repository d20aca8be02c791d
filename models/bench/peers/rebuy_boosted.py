"""Boosted trees as most would use them: scikit-learn's HistGradientBoostingClassifier, its defaults, on the same rows of features.

Usage: rebuy_boosted.py FOLDER WIDTH, where FOLDER holds features.f32, target.u8, weight.f32 and rows.f32; writes scores.f32 and prints true.
"""

import os
import sys

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

folder, width = sys.argv[1], int(sys.argv[2])


def rows(name):
    return np.fromfile(f"{folder}/{name}", np.float32).reshape(-1, width)


model = HistGradientBoostingClassifier(random_state=1)
model.fit(
    rows("features.f32"),
    np.fromfile(f"{folder}/target.u8", np.uint8),
    sample_weight=np.fromfile(f"{folder}/weight.f32", np.float32),
)
model.predict_proba(rows("rows.f32"))[:, 1].astype(np.float32).tofile(f"{folder}/scores.f32")
print("true")
