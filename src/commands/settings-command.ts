import type { Command } from "commander"
import { rekeyIdentifiers } from "../actions/identity/rekey-identifiers.ts"
import { allowIdentifier, listSharedIdentifiers, parseKey } from "../actions/identity/shared-identifiers.ts"
import { putSettings, readSettings, readSettingsHistory } from "../actions/operations/shop-settings.ts"
import { commandActor } from "../core/access/actor.ts"
import { ApiError } from "../core/problem/problem.ts"
import { type SettingsAnswer, shopSettingsSchema } from "../core/settings/shop-settings.ts"
import type { Services } from "../services.ts"

type WithServices = (work: (services: Services) => Promise<void>) => Promise<void>

/** `country=IT` as a field and its value; what is JSON is read as JSON. */
function parsePair(pair: string): [string, unknown] {
  const equals = pair.indexOf("=")
  if (equals < 1)
    throw new ApiError("invalidRequest", `write ${JSON.stringify(pair)} as field=value, such as country=IT`)
  const [field, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
  try {
    return [field, JSON.parse(value)]
  } catch {
    return [field, value]
  }
}

function changed({ settings }: SettingsAnswer, pairs: readonly string[]) {
  const parsed = shopSettingsSchema.safeParse({ ...settings, ...Object.fromEntries(pairs.map(parsePair)) })
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw new ApiError("invalidRequest", `${path.join(".") || "settings"}: ${message}`)
}

/** Adds `settings show`, `set`, `history`, `rekey`, `shared` and `allow`. */
export function describeSettings(settings: Command, withServices: WithServices, print: (text: string) => void): void {
  const show = (answer: object) => print(JSON.stringify(answer, null, 2))
  settings.description("the shop's time zone, country, currency, locale, business hours and holidays")
  settings
    .command("show", { isDefault: true })
    .description("what is in force")
    .action(() => withServices(async (services) => show(await readSettings(services))))
  settings
    .command("set")
    .description("change some and keep the rest")
    .argument("<field=value...>", "such as country=IT timeZone=Europe/Rome")
    .addHelpText(
      "after",
      '\nExample:\n  $ beforehand settings set country=IT currency=EUR \'holidays=[{"date":"2026-12-25","name":"Natale"}]\'',
    )
    .action((pairs: string[]) =>
      withServices(async (services) => {
        const before = await readSettings(services)
        const request = { settings: changed(before, pairs), ifVersion: before.version }
        show(await putSettings(services, request, commandActor("settings set")))
      }),
    )
  settings
    .command("rekey")
    .description("read stored e-mails, phones and ids anew under these settings; a running server does it by itself")
    .action(() =>
      withServices(async (services) => {
        const { country } = (await readSettings(services)).settings
        show(await rekeyIdentifiers(services, country))
      }),
    )
  settings
    .command("shared")
    .description("identifiers that so many customers share that they identify nobody")
    .action(() => withServices(async (services) => show(await listSharedIdentifiers(services, { limit: 1000 }))))
  settings
    .command("allow")
    .description("let a shared identifier be somebody's, however many share it")
    .argument("<type:value>", "such as email:family@example.com")
    .action((key: string) =>
      withServices(async (services) => {
        await allowIdentifier(services, parseKey(key), commandActor("settings allow"))
        print("it identifies its customer again")
      }),
    )
  settings
    .command("history")
    .description("the last 20 versions, newest first")
    .action(() => withServices(async (services) => show(await readSettingsHistory(services, { limit: 20 }))))
}
