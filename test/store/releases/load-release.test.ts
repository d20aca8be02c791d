import { afterAll, beforeAll, expect, test } from "vitest"
import { writePropensity } from "../../../src/core/propensity/propensity-artifact.ts"
import type { ReleaseContents } from "../../../src/core/release/release.ts"
import { newId } from "../../../src/start/new-id.ts"
import { loadRelease } from "../../../src/store/releases/load-release.ts"
import { saveRelease } from "../../../src/store/releases/save-release.ts"
import { tester } from "../../support/actor.ts"
import { openTestStore } from "../../support/database.ts"
import { plainNetwork } from "../../support/propensity.ts"
import { bought, fitSmall, historyOf } from "../../support/release.ts"

const { releases, close } = await openTestStore().then((store) => ({ releases: store.releases, close: store.close }))
let contents: ReleaseContents
beforeAll(async () => {
  contents = await fitSmall([historyOf(bought(0, "brush", "paint")), historyOf(bought(1, "paint"))])
})
afterAll(close)

async function savedAndLoaded(optional: Partial<ReleaseContents>) {
  const id = await saveRelease(releases, { ...contents, ...optional }, { manifest: {}, newId, at: 1000, actor: tester })
  return loadRelease(releases, (await releases.read(id))!)
}

test("a release carries its propensity networks", async () => {
  const release = await savedAndLoaded({ propensity: writePropensity(plainNetwork) })
  expect(release.propensity).toEqual(plainNetwork)
  expect(release.incremental).toBeNull()
})

test("a release without networks, or with one of other features, answers by smoothed rates", async () => {
  const { metadata, tensors } = writePropensity(plainNetwork)
  const older = { metadata: { ...metadata, featuresVersion: "0" }, tensors }
  expect((await savedAndLoaded({})).propensity).toBeNull()
  expect((await savedAndLoaded({ propensity: older })).propensity).toBeNull()
})
