import { binomialProbability } from '../binomial.ts'
import type { Effort, RowScore } from '../judge.ts'
import { minorOfFile, type TimelineFile } from '../timeline-format.ts'
import { recordedUpdates, simulatedUpdates, type UpdateOperations } from '../update-order.ts'
import { leastRuns } from './stream-rows.ts'

/**
 * Single file operations of each set-up, where they were recorded: the order in which Go walks its maps is drawn, so an update is right
 * if just this one comes, in as many of the seeds as a stream has to (stream-rows.ts). There are more of these here: what an update does
 * hangs on up to four walks, its own and those of the writes before it, which meet in one of a hundred plays.
 */
export function updateRows(file: TimelineFile, effort: Effort): readonly RowScore[] {
  if (!file.timeline.some(({ actor }) => actor === 'syscall')) return []
  const recorded = recordedUpdates(file.timeline)
  const wanted = recorded.map(shown)
  const agreeing = wanted.map(() => 0)
  const found: (readonly UpdateOperations[])[] = []
  for (let play = 0; play < mostPlays; play++) {
    if (found.length >= leastPlays && agreeing.every((count) => count >= leastRuns[effort])) break
    const simulated = simulatedUpdates(file.timeline, minorOfFile(file), `update ${play}`)
    found.push(simulated)
    for (const [at, text] of wanted.entries()) if (shown(simulated[at]) === text) agreeing[at] = (agreeing[at] ?? 0) + 1
  }
  const rows = recorded.map(({ pod, at }, index) => {
    const passed = (agreeing[index] ?? 0) >= leastRuns[effort]
    const made = `in ${agreeing[index]} of ${found.length} runs; the first: ${shown(found[0]?.[index])}`
    return { row: `operations ${pod} ${at}`, passed, diff: passed ? '' : `expected ${wanted[index]}\ngot ${made}` }
  })
  return [...rows, lawRow('recorded', [recorded]), lawRow('podsim', found)]
}

function shown(update: UpdateOperations | undefined): string {
  return JSON.stringify({ syscalls: update?.syscalls, inotify: update?.inotify }, undefined, 1)
}

const mostPlays = 1000
/** So many plays tell the law of the orders apart from others. */
const leastPlays = 40
const leastProbability = 0.001

/**
 * "The order in which the files of one update are written" is a rotation of their names (README-timelines.md): three keys are walked
 * three times, each beginning at the front with chance 6/8 and anywhere else with 1/8; so all three together begin at the front with
 * chance 0.492 (0.75, 0.594 and 0.492 after one, two and three).
 */
function lawRow(whose: string, plays: readonly (readonly UpdateOperations[])[]): RowScore {
  const orders = plays.flatMap((updates) => updates.map(filesOf).filter(({ length }) => length === 3))
  const front = orders.filter(([first = '', ...others]) => others.every((name) => first < name)).length
  const probability = binomialProbability(front, orders.length, frontOfThree)
  const passed = probability >= leastProbability
  const diff = `${front} of ${orders.length} begin at the front, p = ${probability}`
  return { row: `order of files, ${whose}`, passed, diff: passed ? '' : diff }
}

const frontOfThree = frontAfter(3)

/** Chance that rotations of three names, one after another, come out at the front. */
function frontAfter(times: number): number {
  let chances = [1, 0, 0]
  for (let i = 0; i < times; i++) {
    const [a = 0, b = 0, c = 0] = chances
    chances = [a * 0.75 + (b + c) * 0.125, b * 0.75 + (a + c) * 0.125, c * 0.75 + (a + b) * 0.125]
  }
  return chances[0] ?? 0
}

/** Files that an update writes, in the order of their writing. */
function filesOf({ syscalls }: UpdateOperations): readonly string[] {
  return syscalls.flatMap((line) => /^create file \.\.<time-\d+>\/(\S+) /.exec(line)?.[1] ?? [])
}
