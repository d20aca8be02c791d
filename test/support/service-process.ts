import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { promisify } from "node:util"
import { inject } from "vitest"

/** Arguments of Node that run the source, as `npm start` does. */
export const sourceCommand = ["--import", "tsx", "src/cli.ts"]
/** Arguments of Node that run what `npm run build` makes. */
export const builtCommand = ["dist/src/cli.js"]

/** The command line of a newcomer: nothing of this process's configuration reaches it. */
function cleanEnvironment(settings: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env
  return { ...(PATH && { PATH }), ...(HOME && { HOME }), LOG_LEVEL: "warn", ...settings }
}

export interface ServiceProcess {
  /** Resolves to all of the output so far once it holds the text; rejects with it if the process ends first. */
  says(stream: "stdout" | "stderr", text: string): Promise<string>
  /** Sends the signal and resolves to the exit code, `null` for a killed process. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** `beforehand start` as a process of its own. */
export function startProcess(
  args: readonly string[],
  settings: Record<string, string>,
  program: readonly string[] = [inject("compiledCommand")],
): ServiceProcess {
  const child: ChildProcess = spawn(process.execPath, [...program, "start", ...args], {
    env: cleanEnvironment(settings),
    stdio: ["ignore", "pipe", "pipe"],
  })
  const output = { stdout: "", stderr: "" }
  const exited = once(child, "exit")
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (output.stdout += text))
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
  return {
    async says(stream, text) {
      while (!output[stream].includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}:\n${output.stdout}${output.stderr}`)
        await Promise.race([once(child[stream]!, "data"), exited])
      }
      return output[stream]
    },
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await exited
      return child.exitCode
    },
  }
}

/** Another command to its end; resolves to its standard output, rejects with what it said otherwise. */
export async function runCommand(args: readonly string[], settings: Record<string, string>): Promise<string> {
  const env = cleanEnvironment(settings)
  const { stdout } = await promisify(execFile)(process.execPath, [inject("compiledCommand"), ...args], { env })
  return stdout.trim()
}

export interface EndedCommand {
  exitCode: number
  stdout: string
  stderr: string
}

/** Another command on a database to its end, whatever its exit code. */
export function tryCommand(databaseUrl: string, args: readonly string[]): Promise<EndedCommand> {
  const env = cleanEnvironment({ DATABASE_URL: databaseUrl, ALLOW_VOLATILE: "1" })
  return new Promise((resolve) => {
    execFile(process.execPath, [inject("compiledCommand"), ...args], { env }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, stdout, stderr })
    })
  })
}
