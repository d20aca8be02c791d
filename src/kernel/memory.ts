/** A byte address in a kernel's memory. */
export type Address = number

export const pageBytes = 65_536
const maximumPages = 65_536
export const maximumBytes = maximumPages * pageBytes

/** A growable shared memory of one page at first and 4 GiB at most. */
export const createMemory = (): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared: true })
