import { spawnSync } from "node:child_process"
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { parseAllDocuments } from "yaml"
import { z } from "zod"
import { parseConfig, variables } from "../src/config.ts"

const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.enum(["/health", "/ready"]), port: z.literal("http") }),
  periodSeconds: z.number(),
  timeoutSeconds: z.number().optional(),
  failureThreshold: z.number(),
})
const labels = z.record(z.string().startsWith("app.kubernetes.io/"), z.string())
const metadata = z.strictObject({ name: z.string(), labels })
const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  args: z.tuple([z.enum(["start", "migrate"])]),
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  ports: z.array(z.strictObject({ name: z.literal("http"), containerPort: z.number() })).optional(),
  startupProbe: probe.optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  resources: z.object({}).loose().optional(),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal("ALL")]) }),
  }),
  volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() })),
})
const podSpec = z.strictObject({
  restartPolicy: z.literal("Never").optional(),
  automountServiceAccountToken: z.literal(false),
  terminationGracePeriodSeconds: z.number().optional(),
  securityContext: z.strictObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number().positive(),
    runAsGroup: z.number().positive(),
    fsGroup: z.number().positive(),
    seccompProfile: z.strictObject({ type: z.literal("RuntimeDefault") }),
  }),
  topologySpreadConstraints: z.array(z.object({}).loose()).optional(),
  containers: z.tuple([container]),
  volumes: z.array(z.object({ name: z.string() }).loose()),
})
const podTemplate = z.strictObject({ metadata: z.strictObject({ labels }), spec: podSpec })
const selector = z.strictObject({ matchLabels: labels })
const resource = z.discriminatedUnion("kind", [
  z.strictObject({
    apiVersion: z.literal("batch/v1"),
    kind: z.literal("Job"),
    metadata,
    spec: z.strictObject({ backoffLimit: z.number(), template: podTemplate }),
  }),
  z.strictObject({
    apiVersion: z.literal("apps/v1"),
    kind: z.literal("Deployment"),
    metadata,
    spec: z.strictObject({
      replicas: z.number().min(2),
      strategy: z.strictObject({
        rollingUpdate: z.strictObject({ maxUnavailable: z.literal(0), maxSurge: z.number().positive() }),
      }),
      selector,
      template: podTemplate,
    }),
  }),
  z.strictObject({
    apiVersion: z.literal("v1"),
    kind: z.literal("Service"),
    metadata,
    spec: z.strictObject({
      selector: labels,
      ports: z.array(z.strictObject({ name: z.string(), port: z.number(), targetPort: z.literal("http") })),
    }),
  }),
  z.strictObject({
    apiVersion: z.literal("policy/v1"),
    kind: z.literal("PodDisruptionBudget"),
    metadata,
    spec: z.strictObject({ maxUnavailable: z.number(), selector }),
  }),
])

const resources = parseAllDocuments(readFileSync("deploy/kubernetes.yaml", "utf8"))
  .map((document) => document.toJS())
  .filter((given) => given !== null)
  .map((given) => resource.parse(given))
const one = <Kind extends z.infer<typeof resource>["kind"]>(kind: Kind) =>
  resources.find((each): each is Extract<z.infer<typeof resource>, { kind: Kind }> => each.kind === kind)!
const environmentOf = ({ env }: z.infer<typeof container>) =>
  Object.fromEntries(env.map(({ name, value }) => [name, value]))

test("what selects pods selects those of the deployment, and not the job's", () => {
  const [deployment, job] = [one("Deployment"), one("Job")]
  const pods = deployment.spec.template.metadata.labels
  expect(deployment.spec.selector.matchLabels).toEqual(pods)
  expect(one("Service").spec.selector).toEqual(pods)
  expect(one("PodDisruptionBudget").spec.selector.matchLabels).toEqual(pods)
  expect(job.spec.template.metadata.labels).not.toEqual(pods)
})

test("its variables are those of the service, and a pod has the time that a stop takes", () => {
  const { spec } = one("Deployment").spec.template
  const environment = environmentOf(spec.containers[0])
  for (const name of Object.keys(environment)) expect(Object.keys(variables)).toContain(name)
  const { drainDelayMs, port, databaseUrl } = parseConfig(environment)
  expect(spec.containers[0].ports![0]!.containerPort).toBe(port)
  expect(databaseUrl).toBe("file:///etc/beforehand/database-url")
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(drainDelayMs / 1000 + 15)
  const { periodSeconds, failureThreshold } = spec.containers[0].readinessProbe!
  expect(drainDelayMs / 1000).toBeGreaterThan(periodSeconds * failureThreshold)
})

test("every mount is of a volume", () => {
  for (const { spec } of [one("Deployment").spec.template, one("Job").spec.template])
    expect(spec.containers[0].volumeMounts.map(({ name }) => name)).toEqual(spec.volumes.map(({ name }) => name))
})

const hasSystemd = existsSync("/usr/bin/systemd-analyze")

test.skipIf(!hasSystemd)("the unit is one that systemd understands (skipped where systemd is not installed)", () => {
  const folder = mkdtempSync(join(tmpdir(), "beforehand-unit-"))
  const unit = join(folder, "beforehand.service")
  copyFileSync("deploy/beforehand.service", unit)
  const { stderr } = spawnSync("systemd-analyze", ["verify", "--recursive-errors=no", unit], { encoding: "utf8" })
  rmSync(folder, { recursive: true })
  expect(stderr.split("\n").filter((line) => line.includes("beforehand.service"))).toEqual([])
})

test("the unit's variables are those of the service, and a stop has the time that it takes", () => {
  const text = readFileSync("deploy/beforehand.service", "utf8")
  const given = /^Environment=(.*)$/m
    .exec(text)![1]!
    .split(" ")
    .map((pair) => pair.split("="))
  const ours = given.filter(([name]) => name !== "NODE_ENV")
  for (const [name] of ours) expect(Object.keys(variables)).toContain(name)
  const { drainDelayMs } = parseConfig(Object.fromEntries(ours))
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)![1])).toBeGreaterThanOrEqual(drainDelayMs / 1000 + 15)
})
