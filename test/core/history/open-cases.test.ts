import { expect, test } from "vitest"
import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory, openCases } from "../../../src/core/history/history.ts"

const day = 86_400_000
const complaint = (name: string, days: number, complaintId?: string) => ({
  messageId: `${name} ${days}`,
  at: days * day,
  name,
  lines: [],
  properties: { ...(complaintId && { complaintId }) },
})
const openAfter = (...events: ReturnType<typeof complaint>[]) => openCases(fold(emptyHistory, events).complaints)

test("a complaint is open until its own resolution, in whatever order they come", () => {
  const [opened, closed] = [complaint("Complaint Opened", 1, "a"), complaint("Complaint Resolved", 2, "a")]
  expect(openAfter(opened)).toEqual(["a"])
  expect(openAfter(opened, complaint("Complaint Resolved", 2, "b"))).toEqual(["a"])
  expect(openAfter(opened, closed)).toEqual([])
  expect(openAfter(closed, opened)).toEqual([])
})

test("one that came without an id is closed by whatever is closed later", () => {
  const unnamed = complaint("Complaint Opened", 1)
  expect(openAfter(unnamed)).toEqual([""])
  expect(openAfter(unnamed, complaint("Complaint Resolved", 2, "a"))).toEqual([])
  expect(openAfter(complaint("Complaint Resolved", 0, "a"), unnamed)).toEqual([""])
})

test("one that was opened before a moment is too old to matter", () => {
  const { complaints } = fold(emptyHistory, [complaint("Complaint Opened", 1, "a")])
  expect(openCases(complaints, day)).toEqual(["a"])
  expect(openCases(complaints, day + 1)).toEqual([])
})
