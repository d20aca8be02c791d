import fc from "fast-check"

/** How often each law is tried: 30 times, or as `LAW_RUNS` says. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: Number(process.env.LAW_RUNS ?? 30) })
