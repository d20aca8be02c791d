import { cp, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { isDeepStrictEqual } from "node:util"
import { pythonWith, run } from "./toolchains.ts"

/** A served API, with the keys that programs find in their environment. */
export interface Served {
  address: string
  keys: Readonly<Record<"INGEST_KEY" | "MANAGE_KEY" | "READ_KEY", string>>
}

/** Generates a client from a document in `folder`, checks its types and those of a program that uses it; returns what runs the program. */
type Prepare = (folder: string, document: string) => Promise<readonly [file: string, ...args: string[]]>

const uses = (name: string) => fileURLToPath(new URL(`uses/${name}`, import.meta.url))

const typescript: Prepare = async (folder, document) => {
  const packages = ["openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "typescript@5.9.3", "@types/node@20.19.43"]
  const bin = (name: string) => join(folder, "node_modules/.bin", name)
  const compilerOptions = {
    target: "es2023",
    module: "nodenext",
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    types: ["node"],
    outDir: "built",
  }
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }))
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["shop.ts", "schema.d.ts"] }))
  await cp(uses("shop.ts"), join(folder, "shop.ts"))
  await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel", "error", ...packages], { cwd: folder })
  const options = ["--default-non-nullable", "false", "--output", "schema.d.ts"]
  await run(bin("openapi-typescript"), [document, ...options], { cwd: folder })
  await run(bin("tsc"), ["--project", "."], { cwd: folder })
  return [process.execPath, join(folder, "built/shop.js")]
}

const python: Prepare = async (folder, document) => {
  const own = await pythonWith(["openapi-python-client==0.29.1", "mypy==2.4.1"])
  try {
    await run(own, ["-m", "venv", join(folder, "environment")])
    const bin = dirname(own)
    const environment = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
    const client = join(folder, "client")
    // A warning is a part of the document for which nothing was generated.
    const options = ["--path", document, "--output-path", client, "--meta", "setup", "--fail-on-warning"]
    await run(join(bin, "openapi-python-client"), ["generate", ...options], { env: environment })
    const user = join(folder, "environment/bin/python")
    await run(user, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", client])
    await run(user, ["-m", "compileall", "-q", client])
    const types = ["--strict", "--python-executable", user, join(client, "beforehand_client"), uses("shop.py")]
    await run(join(bin, "mypy"), types, { cwd: folder, env: { ...environment, MYPYPATH: client } })
    return [user, uses("shop.py")]
  } finally {
    await rm(dirname(dirname(own)), { recursive: true, force: true })
  }
}

/** Clients that are generated from the served document, by language. */
export const generatedClients: Readonly<Record<string, Prepare>> = {
  "generated-typescript": typescript,
  "generated-python": python,
}

/** Generates a client and runs a program that uses it; returns the answers of the service that the program printed. */
export async function useGenerated(prepare: Prepare, { address, keys }: Served): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), "clients-generated-"))
  try {
    const document = join(folder, "openapi.json")
    await writeFile(document, await (await fetch(`${address}/openapi.json`)).text())
    const [file, ...args] = await prepare(folder, document)
    const { stdout } = await run(file, args, { env: { ...process.env, ...keys, HOST: address }, timeout: 120_000 })
    return JSON.parse(stdout)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Returns the answers that are not those of a service that works. */
export function wrongAnswers({ written, tracked, recommended, decided, refused }: Record<string, unknown>): string[] {
  const right = {
    written: written === 2,
    tracked: isDeepStrictEqual(tracked, ["accepted"]),
    recommended: Array.isArray(recommended) && recommended.length >= 2,
    decided: decided === true,
    refused: refused === "invalidRequest",
  }
  return Object.entries(right).flatMap(([name, isRight]) => (isRight ? [] : [name]))
}
