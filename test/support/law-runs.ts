import fc from "fast-check"

/** Sets the number of runs of each law: 30, or `LAW_RUNS`. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: Number(process.env.LAW_RUNS ?? 30) })
