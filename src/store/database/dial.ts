import { once } from "node:events"
import { readFileSync } from "node:fs"
import { connect, isIP, type Socket } from "node:net"
import { type ConnectionOptions, connect as connectTls } from "node:tls"
import type { Encryption, HostAddress } from "./database-address.ts"

/** Message that asks a server whether it encrypts: its length and the code 80877103. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** Connects to a host, encrypted as it is asked for; rejects with what went wrong, after the signal at the latest. */
export async function dial(
  { host, port }: HostAddress,
  encryption: Encryption | null,
  signal: AbortSignal,
): Promise<Socket> {
  const isLocal = host.startsWith("/")
  let code = "CONNECT_TIMEOUT"
  const socket = isLocal ? connect(`${host}/.s.PGSQL.${port}`) : connect({ host, port, noDelay: true })
  try {
    await once(socket, "connect", { signal })
    code = "CONNECTION_SILENT"
    const ready = encryption === null || isLocal ? socket : await encryptAsAsked(socket, host, encryption, signal)
    if (ready.destroyed) throw closedByServer()
    return ready
  } catch (error) {
    socket.on("error", () => {}).destroy()
    const silence = new Error(`the database server ${host}:${port} did not answer in time`)
    throw signal.aborted ? Object.assign(silence, { code }) : error
  }
}

const closedByServer = () =>
  Object.assign(new Error("the database server closed the connection"), { code: "CONNECTION_CLOSED" })

async function encryptAsAsked(
  socket: Socket,
  host: string,
  encryption: Encryption,
  signal: AbortSignal,
): Promise<Socket> {
  if (encryption.isDirect || (await offersEncryption(socket, signal)))
    return encrypt(socket, tlsOptions(host, encryption), signal)
  if (!encryption.isRequired) return socket
  throw new Error(`the database server ${host} offers no encryption, which sslmode of the database URL requires`)
}

async function offersEncryption(socket: Socket, signal: AbortSignal): Promise<boolean> {
  const settled = new AbortController()
  const until = { signal: AbortSignal.any([signal, settled.signal]) }
  socket.write(sslRequest)
  try {
    const ended = once(socket, "close", until).then(() => {
      throw closedByServer()
    })
    const [answer] = (await Promise.race([once(socket, "data", until), ended])) as [Buffer]
    ended.catch(() => {})
    // More than the one byte could have been slipped in before the encryption (CVE-2021-23222).
    if (answer.length !== 1) throw new Error("the database server sent data before the encryption began")
    return answer.toString() === "S"
  } finally {
    settled.abort()
  }
}

async function encrypt(socket: Socket, options: ConnectionOptions, signal: AbortSignal): Promise<Socket> {
  const encrypted = connectTls({ ...options, socket })
  socket.on("error", () => {})
  try {
    await once(encrypted, "secureConnect", { signal })
    return encrypted
  } catch (error) {
    encrypted.on("error", () => {}).destroy()
    throw error
  }
}

function tlsOptions(host: string, { verifiesAuthority, verifiesHost, isDirect, files }: Encryption): ConnectionOptions {
  const { ca, cert, key } = files
  return {
    rejectUnauthorized: verifiesAuthority,
    ...(isIP(host) === 0 && { servername: host }),
    host,
    ...(!verifiesHost && { checkServerIdentity: () => undefined }),
    ...(isDirect && { ALPNProtocols: ["postgresql"] }),
    ...(ca !== undefined && ca !== "system" && { ca: readFileSync(ca) }),
    ...(cert !== undefined && { cert: readFileSync(cert) }),
    ...(key !== undefined && { key: readFileSync(key) }),
  }
}
