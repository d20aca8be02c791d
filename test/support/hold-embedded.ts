import pino from "pino"
import { openEmbedded } from "../../src/store/embedded/embedded.ts"

/** A process of its own that opens the data folder's server, says so on a line of JSON, and lives until told to end. */
const [dataDir, supervised] = process.argv.slice(2)
const server = await openEmbedded({ dataDir: dataDir!, volatile: false, log: pino({ level: "silent" }) })
if (supervised === "supervised") server.supervise()
process.stdout.write(`${JSON.stringify({ url: server.url, owner: server.isOwner() })}\n`)
process.stdin.resume().on("end", () => void server.stop().then(() => process.exit(0)))
