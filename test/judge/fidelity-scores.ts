import type { FileScore } from './judge.ts'
import { percent, summarize } from './report.ts'

/** The text of docs/fidelity-scores.md. */
export function fidelityScores(scores: readonly FileScore[]): string {
  const lines = scores.map((score) => {
    const { path, passed, total, known, notJudged } = summarize(score)
    if (notJudged !== undefined) return `| \`${path}\` | | | ${notJudged} |`
    const note = known.length === 0 ? '' : `${known.length} known`
    return `| \`${path}\` | ${passed} of ${total} | ${percent(passed, total)} | ${note} |`
  })
  const summaries = scores.map(summarize)
  const known = summaries.flatMap((each) => each.known.map(({ row, reason }) => ({ path: each.path, row, reason })))
  const others = summaries.flatMap((each) => each.unexpected.map(({ row }) => ({ path: each.path, row })))
  const figures = scores.flatMap(({ path, figures: of = [] }) =>
    of.map(
      ({ what, recorded, simulated, probability }) =>
        `| \`${path}\` | ${what} | ${recorded} | ${simulated} | ${probability.toFixed(3)} |`,
    ),
  )
  return `# Scores against the recordings

Written by \`npm run vectors -- --write\`: do not edit. What the rows are and what is normalised, the READMEs beside the
vectors say (\`test/fixtures/vectors\`); what is simplified on purpose, [fidelity.md](fidelity.md).

| file | rows | | |
| --- | --- | --- | --- |
${lines.join('\n')}

## Distributions

Samples of times after random draws, the real kubelet's beside podsim's over several seeds; p is the chance that two
samples of one distribution lie as far apart (two-sample Kolmogorov-Smirnov test). A row fails below 0.001.

| file | what | recorded: n, min / median / mean / max | podsim | p |
| --- | --- | --- | --- | --- |
${figures.join('\n')}

## Known differences

| file | row | reason |
| --- | --- | --- |
${known.map(({ path, row, reason }) => `| \`${path}\` | ${row} | ${reason} |`).join('\n')}
${others.length === 0 ? '' : `\n## Other differences\n\n${others.map(({ path, row }) => `- \`${path}\`: ${row}`).join('\n')}\n`}`
}
