import { randomBytes } from "node:crypto"
import postgres from "postgres"
import { serviceGrants } from "../../src/store/database/grants.ts"

/** Makes a role that may do no more than serve the database of a URL; returns its URL. */
export async function createServiceRole(ownerUrl: string): Promise<string> {
  const url = new URL(ownerUrl)
  url.username = `service_${randomBytes(6).toString("hex")}`
  url.password = randomBytes(12).toString("hex")
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => {} })
  await owner.unsafe(`create role ${url.username} login password '${url.password}'`)
  await owner.unsafe(serviceGrants(url.username))
  await owner.end()
  return url.href
}
