export type Sender = "browser" | "server"

const prefix: Readonly<Record<Sender, string>> = { browser: "browser:", server: "server:" }

/**
 * The message id under which a sender's message is stored. Browsers' ids have a prefix of their own, so that a public key never claims
 * the id of a server's message; a server's id gets one only where it could be taken for a prefixed one.
 */
export function storedMessageId(messageId: string, sender: Sender): string {
  const isAmbiguous = Object.values(prefix).some((one) => messageId.startsWith(one))
  return sender === "browser" || isAmbiguous ? `${prefix[sender]}${messageId}` : messageId
}
