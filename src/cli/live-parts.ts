import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { LiveParts } from '../report/export/page.ts'
import type { LiveScenario } from '../ui/live/live-scenario.ts'

/** Beside the bundle of the command; from modules one by one, where the bundle is. */
const places = ['./page-core.js.gz', '../bundle/page-core.js.gz', '../../dist/bundle/page-core.js.gz']

/** What a live page has inside; undefined where podsim was built without it. */
export function liveParts(scenario: LiveScenario): LiveParts | undefined {
  const file = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path))
  return file === undefined ? undefined : partsOf(readFileSync(file), scenario)
}

/** The same of a core that is at hand, as it is built: by gzip. */
export function partsOf(packed: Uint8Array, scenario: LiveScenario): LiveParts {
  return { core: gunzipSync(packed).toString('utf8'), packed: Buffer.from(packed).toString('base64'), scenario }
}
