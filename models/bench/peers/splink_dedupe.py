"""Resolves records with Splink under its own demos' settings for the columns there are; prints JSON.

Arguments: a CSV file with columns unique_id, truth and any of first_name, surname, dob, city, postcode, street, email,
phone, card, device, national_id. Without labels it learns; the truth only chooses its best threshold.
"""

import json
import logging
import resource
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.disable(logging.WARNING)

path = sys.argv[1]
connection = duckdb.connect()
connection.execute("PRAGMA threads=2")
table = connection.sql(f"SELECT * FROM read_csv('{path}', all_varchar=true, header=true, nullstr='')")
has = set(table.columns)
select = "*"
if {"first_name", "surname"} <= has:
    select += ", first_name || ' ' || surname AS first_name_surname_concat"
connection.execute(f"CREATE TABLE people AS SELECT {select} FROM read_csv('{path}', all_varchar=true, header=true, nullstr='')")

comparisons = []
predict = []
train = []
sure = []
is_small = connection.sql("SELECT count(*) FROM people").fetchall()[0][0] < 5000 and "postcode" not in has

if {"first_name", "surname"} <= has:
    if is_small:
        comparisons += [cl.NameComparison("first_name"), cl.NameComparison("surname")]
    else:
        comparisons.append(
            cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"
            )
        )
    predict.append(block_on("first_name", "surname"))
    train.append(block_on("first_name", "surname"))
if "dob" in has:
    comparisons.append(
        cl.LevenshteinAtThresholds("dob", 1) if is_small else cl.DateOfBirthComparison("dob", input_is_string=True)
    )
    train.append(block_on("dob"))
    if "surname" in has:
        predict += [block_on("surname", "dob"), block_on("first_name", "dob")]
        sure.append("l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob")
if "postcode" in has:
    comparisons.append(cl.PostcodeComparison("postcode"))
    if "surname" in has:
        predict += [
            block_on("postcode", "first_name"),
            block_on("postcode", "surname"),
            block_on("substr(postcode,1,3)", "dob"),
            block_on("substr(postcode,1,3)", "first_name"),
            block_on("substr(postcode,1,3)", "surname"),
            block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ]
        sure.append(
            "substr(l.first_name,1,2) = substr(r.first_name,1,2) and l.surname = r.surname"
            " and substr(l.postcode,1,2) = substr(r.postcode,1,2)"
        )
        sure.append("l.dob = r.dob and l.postcode = r.postcode")
if "city" in has:
    comparisons.append(cl.ExactMatch("city").configure(term_frequency_adjustments=True))
    if "dob" in has and not is_small:
        predict.append(block_on("dob", "city"))
if is_small:
    predict = [block_on("first_name", "city"), block_on("surname"), block_on("dob"), block_on("email")]
    predict = [rule for rule, column in zip(predict, ["city", "surname", "dob", "email"]) if column in has]
    sure.append("l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1")
    sure.append("l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1")
if "street" in has:
    comparisons.append(cl.ExactMatch("street").configure(term_frequency_adjustments=True))
if "email" in has:
    comparisons.append(cl.EmailComparison("email"))
    if not is_small:
        predict.append(block_on("email"))
        train.append(block_on("email"))
    sure.append("l.first_name = r.first_name and l.surname = r.surname and l.email = r.email")
for column in ("phone", "card", "device", "national_id"):
    if column in has:
        comparisons.append(cl.ExactMatch(column).configure(term_frequency_adjustments=True))
        predict.append(block_on(column))

settings = SettingsCreator(
    link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=predict
)
started = time.process_time()
people = DuckDBAPI(connection=connection).register("people")
linker = Linker(people, settings, log_level=logging.ERROR)
try:
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.7 if is_small else 0.6)
except Exception as reason:  # a rule that finds no pair
    print(reason, file=sys.stderr)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6 if is_small else 5e6, seed=1)
for rule in train:
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
predictions = linker.inference.predict(threshold_match_probability=0.01)
best = None
for threshold in (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 0.99999):
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predictions, threshold_match_probability=threshold
    )
    name = clusters.physical_name
    pairs = lambda columns: connection.sql(
        f"SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM (SELECT count(*) AS n FROM people p JOIN {name} c"
        f" ON p.unique_id = c.unique_id GROUP BY {columns})"
    ).fetchall()[0][0]
    joint, predicted, true = pairs("p.truth, c.cluster_id"), pairs("c.cluster_id"), pairs("p.truth")
    figures = {
        "f1": 2 * joint / (predicted + true),
        "precision": joint / predicted if predicted else 1,
        "recall": joint / true,
        "threshold": threshold,
    }
    if best is None or figures["f1"] > best["f1"]:
        best = figures
best["seconds"] = time.process_time() - started
best["peakMemoryMB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(best))
