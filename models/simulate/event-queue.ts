import type { IncomingEvent } from "../../src/core/history/event.ts"

/** Events to come, given back in order of time; those of the same moment in the order they were added. */
export interface EventQueue {
  add(event: IncomingEvent): void
  /** Takes out, one by one, all that happens before `untilMs`. */
  before(untilMs: number): Generator<IncomingEvent>
}

interface Entry {
  event: IncomingEvent
  place: number
}

const isEarlier = (a: Entry, b: Entry) => a.event.at < b.event.at || (a.event.at === b.event.at && a.place < b.place)

/** A binary heap (Williams 1964). */
export function createEventQueue(): EventQueue {
  const heap: Entry[] = []
  let added = 0
  const swap = (a: number, b: number) => {
    const kept = heap[a]!
    heap[a] = heap[b]!
    heap[b] = kept
  }
  const rise = (from: number) => {
    for (let child = from; child > 0; ) {
      const parent = (child - 1) >> 1
      if (!isEarlier(heap[child]!, heap[parent]!)) return
      swap(child, parent)
      child = parent
    }
  }
  const sink = () => {
    for (let parent = 0; ; ) {
      let least = parent
      for (const child of [2 * parent + 1, 2 * parent + 2])
        if (child < heap.length && isEarlier(heap[child]!, heap[least]!)) least = child
      if (least === parent) return
      swap(parent, least)
      parent = least
    }
  }
  const take = () => {
    const { event } = heap[0]!
    const last = heap.pop()!
    if (heap.length > 0) {
      heap[0] = last
      sink()
    }
    return event
  }
  return {
    add(event) {
      heap.push({ event, place: added++ })
      rise(heap.length - 1)
    },
    *before(untilMs) {
      while (heap.length > 0 && heap[0]!.event.at < untilMs) yield take()
    },
  }
}
