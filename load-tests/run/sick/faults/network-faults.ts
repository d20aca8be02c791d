import { type Fault, repeatedly } from "./fault.ts"

const addedMs = 200

/** Every round trip to the database takes 200 ms more. */
export const slowNetwork: Fault = {
  name: "slow",
  degrades: true,
  async begin({ network }) {
    network.slow(addedMs / 2)
    return async () => network.heal()
  },
}

/** The network cuts all connections for a second, works for one, passes nothing on for one, works for one. */
export const flappingNetwork: Fault = {
  name: "flapping",
  degrades: true,
  async begin({ network }) {
    const states = [network.refuse, network.heal, network.hang, network.heal]
    let turn = 0
    const stop = repeatedly(1000, async () => states[turn++ % states.length]!())
    return async () => {
      await stop()
      network.heal()
    }
  },
}
