/** Calls for a client to send: one identify of the user `client`, and `count` tracks with properties `client` and `n`. */
export interface Sending {
  host: string
  key: string
  client: string
  count: number
}

export interface Sender {
  /** Scope of the key that it has in real life. */
  scope: "write" | "ingest"
  /** Resolves when the client says that all is sent. `landed` counts what the service has of it. */
  send(sending: Sending, landed: () => Promise<number>): Promise<unknown>
}
