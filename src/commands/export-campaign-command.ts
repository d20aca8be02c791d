import { createWriteStream } from "node:fs"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { type Command, InvalidArgumentError, Option } from "commander"
import { exportCampaign } from "../actions/content/export-campaign.ts"
import {
  type ExportFormat,
  exportFormats,
  exportWriters,
  itemShareMeaning,
  itemShareSchema,
} from "../core/content/campaign-export.ts"
import type { Services } from "../services.ts"

type WithServices = (work: (services: Services) => Promise<void>) => Promise<void>

interface Flags {
  placement: string
  slot: string
  locale?: string
  format: ExportFormat
  out?: string
  maxItemShare?: number
}

function parseItemShare(text: string): number {
  const share = itemShareSchema.safeParse(text)
  if (!share.success) throw new InvalidArgumentError("write a share from 0.01 to 1.")
  return share.data
}

const nobody = (placement: string): string =>
  `nobody gets anything: no customer with an address has consented to what the offers of ${placement} need, or no offer fits; POST /v1/decide with "explain": true says why for one of them`

/** Adds `export campaign`. */
export function describeExportCampaign(command: Command, withServices: WithServices): void {
  command
    .description("write what every customer gets in a campaign, one line each, to stdout or a file")
    .argument("<campaign>", "the mailing's name; part of the content's key")
    .requiredOption("--placement <name>", "whose policy decides")
    .option("--slot <slot>", "which place in the mailing", "1")
    .option("--locale <locale>", "which treatments fit")
    .addOption(new Option("--format <format>", "how lines are written").choices(exportFormats).default("ndjson"))
    .option("--max-item-share <share>", itemShareMeaning, parseItemShare)
    .option("--out <file>", "instead of stdout")
    .addHelpText(
      "after",
      "\nSet PUBLIC_URL to where customers reach this service, so that the links count their clicks; without it they lead straight to the shop.\n\n" +
        "Example:\n  $ beforehand export campaign spring --placement weekly-email --format csv --out spring.csv",
    )
    .action((campaign: string, { out, ...flags }: Flags) =>
      withServices(async (services) => {
        const caller = { keyId: "command line", name: "command line", scope: "admin" } as const
        const exported = exportCampaign(services, { campaign, ...flags }, caller)
        let lines = exportWriters[flags.format].header === "" ? 0 : -1
        const counted = async function* () {
          for await (const line of exported) {
            lines++
            yield line
          }
        }
        const target = out === undefined ? process.stdout : createWriteStream(out)
        await pipeline(Readable.from(counted()), target, { end: out !== undefined })
        process.stderr.write(lines > 0 ? `${lines} customers\n` : `${nobody(flags.placement)}\n`)
      }),
    )
}
