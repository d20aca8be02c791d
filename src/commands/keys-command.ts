import { type Command, InvalidArgumentError, Option } from "commander"
import { z } from "zod"
import { createKey } from "../actions/create-key.ts"
import { ApiError } from "../core/problem.ts"
import { type Scope, scopes } from "../core/scope.ts"
import type { Services } from "../services.ts"
import type { KeyRecord } from "../store/keys.ts"

type WithServices = (work: (services: Services) => Promise<void>) => Promise<void>

function parseId(text: string): string {
  if (!z.uuid().safeParse(text).success) throw new InvalidArgumentError("write an id as keys list shows it.")
  return text
}

function row({ id, scope, prefix, name, createdAt, revokedAt }: KeyRecord): string {
  const made = new Date(createdAt).toISOString().slice(0, 10)
  return [id, scope.padEnd(6), `${prefix}…`.padEnd(16), made, revokedAt === null ? "valid  " : "revoked", name].join(
    "  ",
  )
}

/** Adds `keys create`, `list` and `revoke`. */
export function describeKeys(keys: Command, withServices: WithServices, print: (text: string) => void): void {
  keys.description("make, list and revoke the API's keys")
  keys
    .command("create")
    .description("make a key; it is shown this once")
    .addOption(new Option("--scope <scope>", "what it may do").choices(scopes).makeOptionMandatory())
    .option("--name <name>", "to recognise it by", "command line")
    .addHelpText("after", "\nExample:\n  $ beforehand keys create --scope read --name newsletter")
    .action((request: { scope: Scope; name: string }) =>
      withServices(async (services) => print((await createKey(services, request)).key)),
    )
  keys
    .command("list")
    .description("every key there ever was, without the key itself")
    .action(() => withServices(async ({ store }) => print((await store.keys.list()).map(row).join("\n"))))
  keys
    .command("revoke")
    .description("make a key invalid; servers notice within a second")
    .argument("<id>", "from: beforehand keys list", parseId)
    .action((id: string) =>
      withServices(async ({ store, clock }) => {
        if (await store.keys.revoke(id, clock())) return print(`${id} is revoked`)
        throw new ApiError("notFound", `there is no valid key ${id}; list them with: beforehand keys list`)
      }),
    )
}
