import { type Command, Option } from "commander"
import { createKey } from "../actions/access/create-key.ts"
import { commandActor } from "../core/access/actor.ts"
import { type Scope, scopes } from "../core/access/scope.ts"
import { ApiError } from "../core/problem/problem.ts"
import { isoDay } from "../core/time/iso-day.ts"
import type { Services } from "../services.ts"
import type { KeyRecord } from "../store/settings/keys.ts"
import { idListedBy } from "./parse-argument.ts"

type WithServices = (work: (services: Services) => Promise<void>) => Promise<void>

function row({ id, scope, prefix, name, createdAt, revokedAt }: KeyRecord): string {
  const made = isoDay(createdAt)
  return [id, scope.padEnd(6), `${prefix}…`.padEnd(16), made, revokedAt === null ? "valid  " : "revoked", name].join(
    "  ",
  )
}

const keysTable = (keys: readonly KeyRecord[]): string =>
  keys.length === 0
    ? "there is no key yet; make one with: beforehand keys create --scope read"
    : keys.map(row).join("\n")

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
      withServices(async (services) => {
        const { key } = await createKey(services, request, commandActor("keys create"))
        print(key)
      }),
    )
  keys
    .command("list")
    .description("every key there ever was, without the key itself")
    .action(() => withServices(async ({ store }) => print(keysTable(await store.keys.list()))))
  keys
    .command("revoke")
    .description("make a key invalid; servers notice within a second")
    .argument("<id>", "from: beforehand keys list", idListedBy("beforehand keys list"))
    .action((id: string) =>
      withServices(async ({ store, clock }) => {
        if (await store.keys.revoke(id, { at: clock(), actor: commandActor("keys revoke") }))
          return print(`${id} is revoked`)
        throw new ApiError("notFound", `there is no valid key ${id}; list them with: beforehand keys list`)
      }),
    )
}
