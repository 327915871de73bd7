import { writeFileSync } from 'node:fs'
import { utf8Bytes } from '../bytes/bytes.ts'
import { sha256Hex } from '../bytes/hashes.ts'
import { createPaint, plain } from '../report/text.ts'
import { drawDiagnostic } from '../scenario/diagnostic.ts'
import type { Scenario } from '../scenario/model.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import { isIn, missingIn, type Shard, type Sweep, type SweepPlan, type SweepRow } from '../sweep/sweep.ts'
import { sweepText } from '../sweep/sweep-file.ts'
import { judgedTogether, sweepReport } from '../sweep/sweep-report.ts'
import type { KubernetesVersion } from '../versions/version.ts'
import { listenForStop } from './drive.ts'
import { errorCode } from './error-code.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'
import { type Plan, planRuns, shardOf, type Unit } from './plan.ts'
import { runInThreads, type SweepUnit } from './run-sweep.ts'
import { isBrokenFile, standardInput } from './scenario-files.ts'
import { version as podsim } from './version.ts'

/** Options of `podsim sweep`. */
export interface SweepFlags {
  readonly seeds?: string
  readonly jobs?: number
  /** `2/5`, counted from 1. */
  readonly shard?: string
  /** `1/5`, counted from 0. */
  readonly index?: string
  /** `strategy=Watch,Cache`: each value of each. */
  readonly matrix?: readonly string[]
  readonly set?: Settings
  readonly output?: string
  readonly version?: KubernetesVersion
  readonly maxEvents?: number
  readonly invariants?: boolean
}

/** `podsim sweep`: runs a scenario with very many seeds. A signal ends it with what was done until then. */
export async function sweepScenario(file: string, flags: SweepFlags, output: Output): Promise<number> {
  const found = find(file, flags)
  const shard = shardIn(flags)
  const problem = 'message' in found ? found.message : 'message' in shard ? shard.message : undefined
  if (problem !== undefined || 'message' in found || 'message' in shard) {
    output.err(plain`error: ${problem ?? ''}\n`)
    return exitCodes.usage
  }
  for (const { missing, found: files } of found.plans) {
    for (const diagnostic of missing) output.err(plain`${drawDiagnostic(diagnostic, '')}\n`)
    for (const { text, loaded } of files)
      if (!loaded.ok) for (const error of loaded.errors) output.err(plain`${drawDiagnostic(error, text)}\n`)
    if (files.some(isBrokenFile)) return exitCodes.internal
    if (missing.length > 0 || files.some(({ loaded }) => !loaded.ok)) return exitCodes.usage
  }
  const { plan, units } = planOf(file, found, flags)
  const stop = listenForStop(() => process.exit(exitCodes.interrupted))
  const rows: SweepRow[] = []
  try {
    const own = units.filter(({ index }) => isIn(index, shard))
    await runInThreads(own, { ...flags, what: file, output, stop }, (row) => void rows.push(row))
  } finally {
    stop.close()
  }
  return reportSweep({ ...plan, shard, rows }, flags.output, output)
}

/** Writes and tells what a sweep came to; its exit code. */
export function reportSweep(sweep: Sweep, file: string | undefined, output: Output): number {
  output.out(sweepReport(sweep, createPaint(output.isColoured)))
  if (file !== undefined) {
    try {
      writeFileSync(file, sweepText(sweep))
    } catch (error) {
      const code = errorCode(error)
      output.err(plain`error: ${file} cannot be written (${code})\n`)
      return exitCodes.usage
    }
  }
  const outcomes = sweep.rows.map(({ outcome }) => outcome)
  const isCut = missingIn(sweep).length > 0
  // Of a part alone nothing can be judged that all runs together say.
  const together = sweep.shard.of === 1 && !isCut ? judgedTogether(sweep) : []
  return exitCodeOf(isCut ? [...outcomes, 'interrupted'] : outcomes, 0, together)
}

function shardIn({ shard, index }: SweepFlags): Shard | { readonly message: string } {
  const [, part, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(index ?? '') ?? []
  const found =
    index === undefined ? shardOf(shard) : part === undefined ? undefined : shardOf(`${Number(part) + 1}/${of ?? ''}`)
  if (found !== undefined) return found
  const [option, example] = index === undefined ? ['shard', '1/3'] : ['index', '0/3']
  return { message: `--${option} ${JSON.stringify(index ?? shard)}: expected a part such as ${example}` }
}

interface Found {
  readonly plans: readonly Plan[]
  readonly cells: readonly Settings[]
}

/** The scenario in each cell of what `--matrix` says. */
function find(file: string, { matrix = [], set = {}, seeds }: SweepFlags): Found | { readonly message: string } {
  if (file === standardInput) return { message: 'threads load the scenario anew; expected a file, not -' }
  let cells: readonly Settings[] = [{}]
  for (const text of matrix) {
    const [, name = '', values = ''] = /^([^=]+)=(.*)$/.exec(text) ?? []
    const all = values.split(',').filter((each) => each !== '')
    if (name === '' || all.length === 0)
      return { message: `--matrix ${JSON.stringify(text)}: expected values such as strategy=Watch,Cache` }
    cells = cells.flatMap((cell) => all.map((value) => ({ ...cell, [name]: value })))
  }
  const plans: Plan[] = []
  for (const cell of cells) {
    const planned = planRuns([file], { set: { ...set, ...cell }, ...(seeds === undefined ? {} : { seeds }) })
    if (!planned.ok) return planned
    plans.push(planned.plan)
  }
  return { plans, cells }
}

function planOf(
  file: string,
  { plans, cells }: Found,
  { seeds, version, maxEvents, invariants }: SweepFlags,
): { readonly plan: SweepPlan; readonly units: readonly SweepUnit[] } {
  const scenarios = plans.flatMap((plan) => plan.scenarios)
  const titles = plans.flatMap((plan, i) => plan.scenarios.map((scenario) => titleOf(scenario, cells[i] ?? {})))
  const all: readonly Unit[] = plans.flatMap(({ units }) => units)
  const units = all.map((unit, index) => ({ ...unit, row: { index, cell: scenarios.indexOf(unit.scenario) }, index }))
  const [first] = scenarios
  const own = first === undefined || first.seeds.length === 0 ? [first?.seed ?? ''] : first.seeds
  const text = plans[0]?.found[0]?.text ?? ''
  const plan: SweepPlan = {
    ...{ podsim, file, sha256: sha256Hex(utf8Bytes(text)), seeds: seeds ?? own.join(',') },
    cells: scenarios.map(({ settings }, i) => ({ title: titles[i] ?? '', settings })),
    options: {
      ...(version === undefined ? {} : { version }),
      ...(maxEvents === undefined ? {} : { maxEvents }),
      ...(invariants === true ? { invariants } : {}),
    },
    runs: units.length,
    thresholds: first?.thresholds ?? [],
  }
  return { plan, units }
}

/** A scenario tells of its own matrix in its title; what was set to several values has its place beside it. */
function titleOf({ title, source }: Scenario, cell: Settings): string {
  const set = Object.entries(cell).filter(([name]) => !Object.hasOwn(source.matrix ?? {}, name))
  return set.length === 0 ? title : `${title} [${set.map(([name, value]) => `${name}=${value}`).join(', ')}]`
}
