import { Command, CommanderError } from "commander"
import type { Logger } from "pino"
import { joinByScore } from "./actions/identity/join-by-score.ts"
import { exportData } from "./actions/operations/export-data.ts"
import { exportRelease } from "./actions/releases/export-release.ts"
import { promoteRelease } from "./actions/releases/promote-release.ts"
import { rollbackRelease } from "./actions/releases/rollback-release.ts"
import { describeAudit } from "./commands/audit-command.ts"
import { describeBackup, describeRestore } from "./commands/backup-command.ts"
import { configTable } from "./commands/config-command.ts"
import {
  applyCandidate,
  describeEvaluatePolicy,
  type EvaluatePolicyFlags,
  evaluationTable,
  readPolicyFile,
} from "./commands/evaluate-policy-command.ts"
import { describeExportCampaign } from "./commands/export-campaign-command.ts"
import { describeFailure } from "./commands/failure.ts"
import { describeImport, type ImportAnswer, runDryImport, runImport } from "./commands/import-command.ts"
import { describeKeys } from "./commands/keys-command.ts"
import { metricsTable } from "./commands/metrics-table.ts"
import { describeMigrate, describePartitions } from "./commands/migrate-command.ts"
import { idListedBy, parseCount, parseDate } from "./commands/parse-argument.ts"
import { pauseUntilStopped } from "./commands/pause-until-stopped.ts"
import {
  describePlanCommand,
  type PlanFlags,
  planRequestOf,
  planTable,
  runPlan,
  showPlan,
} from "./commands/plan-command.ts"
import { createProgress } from "./commands/progress.ts"
import { readJsonFile } from "./commands/read-json-file.ts"
import { releasesTable } from "./commands/releases-command.ts"
import { describeResolve, type ResolveFlags, resolutionText } from "./commands/resolve-command.ts"
import { describeSettings } from "./commands/settings-command.ts"
import { type Config, parseConfig } from "./config.ts"
import { commandActor } from "./core/access/actor.ts"
import { ApiError } from "./core/problem/problem.ts"
import { startService } from "./main.ts"
import type { Services } from "./services.ts"
import { createLog } from "./start/log.ts"
import { openServices } from "./start/open-services.ts"
import type { DemoModels } from "./start/start-demo.ts"
import { version } from "./version.ts"

const progress = createProgress(process.stderr)
const releaseId = idListedBy("beforehand releases")
const print = (text: string): void => void process.stdout.write(`${text}\n`)

function environment(): { config: Config; log: Logger } {
  const config = parseConfig(process.env)
  return { config, log: createLog(config.logLevel) }
}

/** Runs a command's work on the configured database, attaching to the server that runs there if one does. */
async function withServices(work: (services: Services) => Promise<void>): Promise<void> {
  const { config, log } = environment()
  log.level = config.logLevel === "info" ? "warn" : config.logLevel
  const { services, close } = await openServices(config, log)
  try {
    await work(services)
  } finally {
    await close()
  }
}

interface TrainFlags {
  until?: number
  threads?: number
  seed?: number
  horizonDays?: number
  budgetSeconds?: number
  /** In hours. */
  schedule?: number
}

/** A model's module; an installation that only serves has none. */
async function learning<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== "ERR_MODULE_NOT_FOUND") throw error
    throw new ApiError(
      "unavailable",
      `this installation only serves and cannot learn; run this command from a checkout or the train image (${message})`,
    )
  }
}

async function demoModels(writtenWorld: unknown): Promise<DemoModels> {
  const [{ demoShop }, { parseWorld }, { trainRelease }] = await learning(() =>
    Promise.all([
      import("../models/simulate/seed-demo.ts"),
      import("../models/simulate/world.ts"),
      import("../models/train/train.ts"),
    ]),
  )
  const world = writtenWorld === undefined ? {} : { world: parseWorld(writtenWorld) }
  return { demoShop: (options) => demoShop({ ...options, ...world }), trainRelease }
}

const program = new Command("beforehand")
  .version(version)
  .description("decides each customer's next best offer before they ask")
  .exitOverride((error) => {
    throw new CommanderError(error.exitCode === 0 ? 0 : 2, error.code, error.message)
  })
  .showHelpAfterError("(add --help for the flags and examples)")
  .configureHelp({ helpWidth: 110 })
  .addHelpText(
    "after",
    `
Configuration comes from the environment: config lists every variable with its value, default and meaning.
Results go to stdout, progress and logs to stderr. Exit codes: 0 done, 1 failed, 2 used wrongly.

Examples:
  $ beforehand start
  $ beforehand import orders.csv --dry-run
  $ beforehand train && beforehand promote`,
  )

program
  .command("start")
  .description("serve the API; on an empty embedded database make the demo shop first")
  .option("--world <file>", "the demo shop's world, a JSON file (models/simulate/card.md lists its fields)")
  .addHelpText(
    "after",
    "\nEnvironment variables (beforehand config lists them all): PORT, HOST, DATABASE_URL, PUBLIC_URL …\n\n" +
      "Examples:\n  $ beforehand start\n  $ PORT=8080 DEMO=off beforehand start",
  )
  .action(async ({ world }: { world?: string }) => {
    const { config, log } = environment()
    const written = world === undefined ? undefined : await readJsonFile(world)
    await startService({ config, log, progress, print, loadModels: () => demoModels(written) })
  })

describeImport(program.command("import")).action(async (file, flags) => {
  const say = ({ text, isNothing }: ImportAnswer) => {
    print(text)
    if (isNothing) process.exitCode = 1
  }
  if (flags.dryRun) say(await runDryImport(file, flags, Date.now()))
  else await withServices(async (services) => say(await runImport(services, file, flags, progress)))
})

program
  .command("train")
  .description("learn a release from all events, measured on the latest part of them")
  .option("--until <date>", "learn only from events before it", parseDate)
  .option("--threads <n>", "worker threads (default: all cores)", parseCount)
  .option("--seed <n>", "of everything drawn", parseCount)
  .option("--horizon-days <n>", "length of the windows for teaching, validation and test", parseCount)
  .option(
    "--budget-seconds <n>",
    "seconds a training may take, each part its share, the best so far kept (default: bounded by trials alone)",
    parseCount,
  )
  .option(
    "--schedule <hours>",
    "train now and then every so many hours, promoting a release only if it wins",
    parseCount,
  )
  .addHelpText(
    "after",
    "\nThe release is saved, not made live: that is promote. On a schedule a release goes live if it ranks at least as well\n" +
      "as the live one's choices, fitted on the same past, and beats popularity.\n\n" +
      "Examples:\n  $ beforehand train --until 2011-11-09\n  $ beforehand train --schedule 24",
  )
  .action(({ schedule, ...flags }: TrainFlags) =>
    withServices(async (services) => {
      if (schedule !== undefined) {
        const { trainOnSchedule } = await learning(() => import("../models/train/train-on-schedule.ts"))
        const actor = commandActor("train")
        const promote = (id: string) => promoteRelease(services, id, { force: false, actor })
        const how = { everyHours: schedule, promote, pause: pauseUntilStopped() }
        return trainOnSchedule(services, how, { ...flags, onProgress: progress.step })
      }
      const { trainOnce } = await learning(() => import("../models/train/record-training.ts"))
      const trained = await trainOnce(services, { ...flags, onProgress: progress.step })
      print(`${metricsTable(trained.metrics)}\n\nrelease ${trained.releaseId}, evaluation ${trained.evaluationId}`)
    }),
  )

program
  .command("evaluate")
  .description("learn before a moment and measure on the days after it; leaves a report with plots")
  .option(
    "--cut <date>",
    "learn from events before it (default: so that the test window ends with the data)",
    parseDate,
  )
  .option("--days <n>", "length of the test window (default: 30, less for a short past)", parseCount)
  .option("--threads <n>", "worker threads (default: all cores)", parseCount)
  .option("--seed <n>", "of everything drawn", parseCount)
  .option("--report <folder>", "where the page goes", "reports")
  .addHelpText("after", "\nExample:\n  $ beforehand evaluate --cut 2011-11-09 --days 30")
  .action(({ report, ...flags }: { report: string; cut?: number; days?: number; threads?: number; seed?: number }) =>
    withServices(async (services) => {
      const { evaluate } = await learning(() => import("../models/evaluate/evaluate.ts"))
      const options = { ...flags, reportFolder: report, onProgress: progress.step }
      const evaluated = await evaluate(services, options)
      print(`${metricsTable(evaluated.report.metrics)}\n\nreport: ${evaluated.reportPath}`)
    }),
  )

describeResolve(program.command("resolve")).action(({ schedule, ...flags }: ResolveFlags) =>
  withServices(async (services) => {
    const { resolveCustomers, resolveOnSchedule } = await learning(
      () => import("../models/identity/resolve-customers.ts"),
    )
    const join = joinByScore(services)
    const options = { ...flags, join, onProgress: progress.step }
    if (schedule !== undefined)
      return resolveOnSchedule(services, { everyHours: schedule, pause: pauseUntilStopped() }, options)
    print(resolutionText(await resolveCustomers(services, options), flags))
  }),
)

describeEvaluatePolicy(program.command("evaluate-policy")).action((file: string, flags: EvaluatePolicyFlags) =>
  withServices(async (services) => {
    const policy = await readPolicyFile(file)
    const { evaluateCandidate } = await learning(() => import("../models/evaluate/evaluate-candidate.ts"))
    const until = services.clock()
    const { evaluation, reportPath, reinstated } = await evaluateCandidate(services.store, {
      policy,
      placement: flags.placement,
      from: until - flags.days * 86_400_000,
      until,
      reportFolder: flags.report,
      reportId: services.newId(),
      ...(flags.release && { releaseId: flags.release }),
    })
    const left = reinstated > 0 ? `\n  ${reinstated} candidates would be reinstated; their scores were not logged` : ""
    print(`${evaluationTable(evaluation)}${left}\n\nreport: ${reportPath}`)
    if (flags.apply) print(await applyCandidate(services, policy, evaluation, flags))
  }),
)

describePlanCommand(program.command("plan")).action((file: string | undefined, flags: PlanFlags) =>
  withServices(async (services) => {
    const plan =
      flags.show === undefined
        ? await runPlan(services, await planRequestOf(file, flags), flags, progress)
        : await showPlan(services, flags.show)
    print(planTable(plan))
    const { writePlanReport } = await learning(() => import("../models/reports/plan-report.ts"))
    print(`\nreport: ${await writePlanReport(flags.report, plan)}`)
  }),
)

program
  .command("promote")
  .description("make a release live on every running server; refuses one that loses to popularity")
  .argument("[release]", "its id (default: the newest)", releaseId)
  .option("--force", "promote it even so", false)
  .addHelpText("after", "\nExamples:\n  $ beforehand promote\n  $ beforehand promote 0198c0de-… --force")
  .action((release: string | undefined, { force }: { force: boolean }) =>
    withServices(async (services) => {
      const id = release ?? (await services.store.releases.list())[0]?.id
      if (id === undefined) throw new ApiError("notFound", "there is no release yet; make one with: beforehand train")
      print(JSON.stringify(await promoteRelease(services, id, { force, actor: commandActor("promote") })))
    }),
  )

program
  .command("releases")
  .description("list the releases, newest first: id, when they were made, which is live, what they reach")
  .action(() => withServices(async (services) => print(await releasesTable(services))))

program
  .command("rollback")
  .description("make the release live again that was so before")
  .action(() =>
    withServices(async (services) => print(JSON.stringify(await rollbackRelease(services, commandActor("rollback"))))),
  )

const exporting = program
  .command("export")
  .description(
    "write a release as files: <model>.safetensors with its manifest, and release.json; or the data as Parquet",
  )
  .argument("<folder>", "made if it is not there")
  .option("--release <id>", "by default the live one", releaseId)
  .option("--data", "instead: all events, and the vectors of the live release, as Parquet", false)
  .addHelpText(
    "after",
    `
Python reads them: safetensors.numpy.load_file("model/preference.safetensors").
A folder of such files, also made elsewhere, comes back with import, to be promoted.

Examples:
  $ beforehand export model && beforehand import model && beforehand promote
  $ beforehand export --data warehouse`,
  )
  .action((folder: string, { release, data }: { release?: string; data: boolean }) =>
    withServices(async (services) => {
      if (data) return print(JSON.stringify(await exportData(services, folder), null, 2))
      const exported = await exportRelease(services, { folder, ...(release && { releaseId: release }) })
      print([`release ${exported.releaseId}`, ...exported.files].join("\n"))
    }),
  )

describeExportCampaign(exporting.command("campaign"), withServices)

program
  .command("config")
  .description("list the environment variables, what each is now, and what it takes")
  .addHelpText("after", "\nExample:\n  $ EVENTS_DAYS=365 beforehand config")
  .action(() => print(configTable(process.env)))

describeMigrate(program.command("migrate"), { environment, progress, print })
describePartitions(program.command("partitions"), { environment, progress, print })
describeBackup(program.command("backup"), { environment, progress, print })
describeRestore(program.command("restore"), { environment, progress, print })
describeKeys(program.command("keys"), withServices, print)
describeSettings(program.command("settings"), withServices, print)
describeAudit(program.command("audit"), withServices, print)

try {
  await program.parseAsync()
} catch (error) {
  const failure = describeFailure(error, process.env.LOG_LEVEL === "debug")
  if (failure !== null) process.stderr.write(`beforehand: ${failure.message}\n`)
  process.exitCode = failure?.exitCode ?? (error as CommanderError).exitCode
}
