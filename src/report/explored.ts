import { safeLine } from '../bytes/terminal-text.ts'
import type { Explored, Finding } from '../explore/explore.ts'
import { actionText } from '../scenario/telling.ts'
import { indented, joined, type Paint, plain, type TerminalText } from './text.ts'
import { plural } from './words.ts'

/** What `podsim explore` tells. */

/** Seeds that are named one by one; of more only how many there are. */
const mostSeeds = 10

/** One thing that was found, and the smallest plan that shows it. `file`: where it was written. */
export function findingText(finding: Finding, file: string, repeat: string, paint: Paint): TerminalText {
  const { broken, seed, drawn, plan, runs, isCutShort, also } = finding
  const place = broken.at === undefined ? '' : `  ${broken.at}`
  const left = plan.length === 0 ? 'no accident' : `${plan.length} ${plural(plan.length, 'accident')}`
  const how = `with seed ${seed}: ${left} left of ${drawn}, after ${runs} runs${isCutShort ? '; more might leave less' : ''}`
  const steps = plan.map(({ at, fault }) => `${at.padStart(10)}  ${actionText({ kind: 'fault', fault })}`).join('\n')
  const others = [...also.slice(0, mostSeeds), ...(also.length > mostSeeds ? [`${also.length - mostSeeds} more`] : [])]
  return joined([
    plain`${paint('red', safeLine(`✗ ${broken.what}`))}${place === '' ? '' : paint('dim', safeLine(place))}\n`,
    broken.found === '' ? plain`` : plain`${indented(broken.found, '    ')}\n`,
    plain`  ${safeLine(how)}\n`,
    steps === '' ? plain`` : plain`${indented(steps, '  ')}\n`,
    others.length === 0
      ? plain``
      : plain`  the same with ${others.length === 1 ? 'seed' : 'seeds'} ${safeLine(others.join(', '))}\n`,
    plain`  written to ${safeLine(file)}; repeat with: ${safeLine(repeat)}\n`,
  ])
}

/** The last line: how much was tried. */
export function exploredText(
  { findings, seeds, runs, inconclusive }: Explored,
  left: number,
  paint: Paint,
): TerminalText {
  const tried = `${seeds} ${plural(seeds, 'seed')}, ${runs} ${plural(runs, 'run')}`
  const open = inconclusive === 0 ? '' : `, ${inconclusive} of them given up after too many events`
  const untried = left === 0 ? '' : `, ${left} ${plural(left, 'seed')} not tried`
  const what =
    findings.length === 0
      ? paint('green', 'nothing broke')
      : paint('red', `${findings.length} ${plural(findings.length, 'thing')} found`)
  return plain`${tried}${open}${untried}: ${what}\n`
}
