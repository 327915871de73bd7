import { writeFileSync } from 'node:fs'
import { seedsThatShow } from '../test/judge/files/stream-rows.ts'
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
  if (content.category === 'burst') continue
  const seeds = seedsThatShow(path, content)
  if (seeds.length > 1 || (seeds[0] ?? 0) > 0) first[path] = seeds
}
const lines = Object.entries(first).map(([path, seeds]) => `  ${JSON.stringify(path)}: ${JSON.stringify(seeds)}`)
writeFileSync(firstSeedsFile, `{\n${lines.join(',\n')}\n}\n`)
