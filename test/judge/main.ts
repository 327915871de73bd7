import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fidelityScores } from './fidelity-scores.ts'
import { figuresText, fileText, summarize, totalsText } from './report.ts'
import { judgeAll } from './run-all.ts'
import { ownVectors, vectorPaths, vectorsFolder } from './vectors-folder.ts'

/**
 * `npm run vectors -- [--file STEM] [--diffs N] [--known] [--json] [--write]`: the score of every recorded vector and timeline of
 * PODSIM_VECTORS (default: the project's own). Plays each timeline with up to 100 seeds, which takes some minutes. Ends with 0 when all rows pass but for the known differences.
 */
const { values } = parseArgs({
  options: {
    /** Only files whose path contains this. */
    file: { type: 'string', default: '' },
    /** How many differing rows of each file are shown. */
    diffs: { type: 'string', default: '3' },
    /** Shows the rows, too, that are known to differ. */
    known: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    /** Writes docs/fidelity-scores.md. */
    write: { type: 'boolean', default: false },
  },
})

const folder = vectorsFolder()
const paths = vectorPaths(folder).filter((path) => path.includes(values.file))
const scores = await judgeAll(folder, paths, (score) => {
  if (values.json) return
  console.log([fileText(score, Number(values.diffs), values.known), ...figuresText(score)].join('\n'))
})
if (values.json) console.log(JSON.stringify(scores.map((score) => ({ ...summarize(score), figures: score.figures }))))
else console.log(totalsText(scores))
if (values.write) {
  if (folder !== ownVectors || values.file !== '') throw new Error('the scores are written of all of our own vectors')
  writeFileSync(fileURLToPath(new URL('../../docs/fidelity-scores.md', import.meta.url)), fidelityScores(scores))
}
process.exitCode = scores.every((score) => summarize(score).unexpected.length === 0) ? 0 : 1
