import { writeFileSync } from 'node:fs'
import { fewestSeeds } from '../test/judge/fewest-seeds.ts'
import { timelines } from '../test/judge/files/timelines.ts'
import { firstSeedsFile } from '../test/judge/plays.ts'
import type { TimelineFile } from '../test/judge/timeline-format.ts'
import { ownVectors, readVectorFile, vectorPaths } from '../test/judge/vectors-folder.ts'

/**
 * `npm run generate seeds`: which seeds the tests try first with each recorded timeline. Worth doing again when draws have
 * changed and the tests of timelines take longer than they did; what they find is the same with any order.
 */
const first: Record<string, readonly number[]> = {}
for (const path of vectorPaths(ownVectors)) {
  const file = readVectorFile(path, ownVectors)
  if (!timelines.claims(file)) continue
  const content = file.content as TimelineFile // claimed
  const seeds = fewestSeeds(path, content)
  // Those of other files are tried in their own order.
  if (seeds.some((seed, place) => seed !== place)) first[path] = seeds
}
const lines = Object.entries(first).map(([path, seeds]) => `  ${JSON.stringify(path)}: ${JSON.stringify(seeds)}`)
writeFileSync(firstSeedsFile, `{\n${lines.join(',\n')}\n}\n`)
