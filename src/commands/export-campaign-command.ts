import { createWriteStream } from "node:fs"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { type Command, Option } from "commander"
import { exportCampaign } from "../actions/export-campaign.ts"
import { type ExportFormat, exportFormats } from "../core/decision/campaign-export.ts"
import type { Services } from "../services.ts"

type WithServices = (work: (services: Services) => Promise<void>) => Promise<void>

interface Flags {
  placement: string
  slot: string
  locale?: string
  format: ExportFormat
  out?: string
}

/** Adds `export campaign`. */
export function describeExportCampaign(command: Command, withServices: WithServices): void {
  command
    .description("write what every customer gets in a campaign, one line each, to stdout or a file")
    .argument("<campaign>", "the mailing's name; part of the content's key")
    .requiredOption("--placement <name>", "whose policy decides")
    .option("--slot <slot>", "which place in the mailing", "1")
    .option("--locale <locale>", "which treatments fit")
    .addOption(new Option("--format <format>", "how lines are written").choices(exportFormats).default("ndjson"))
    .option("--out <file>", "instead of stdout")
    .addHelpText(
      "after",
      "\nSet PUBLIC_URL to where customers reach this service, so that the links count their clicks; without it they lead straight to the shop.\n\n" +
        "Example:\n  $ beforehand export campaign spring --placement weekly-email --format csv --out spring.csv",
    )
    .action((campaign: string, { out, ...flags }: Flags) =>
      withServices(async (services) => {
        const caller = { keyId: "command line", scope: "admin" } as const
        const lines = Readable.from(exportCampaign(services, { campaign, locale: undefined, ...flags }, caller))
        await pipeline(lines, out === undefined ? process.stdout : createWriteStream(out), { end: out !== undefined })
      }),
    )
}
