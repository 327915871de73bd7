import { isIn, missingIn, type Sweep, type SweepPlan, type SweepRow } from './sweep.ts'

/** A shard and where it came from. */
export interface NamedSweep {
  readonly name: string
  readonly sweep: Sweep
}

/** What shards come to together, or why they do not belong together. */
export type Merged =
  | { readonly ok: true; readonly sweep: Sweep; readonly missing: readonly string[] }
  | { readonly ok: false; readonly message: string }

/**
 * Joins shards of one sweep. Of a complete set it is what one process would have made, byte for byte; `missing` says which shards, or runs
 * of a shard that was interrupted, there are not.
 */
export function merge(shards: readonly NamedSweep[]): Merged {
  const [first, ...others] = shards
  if (first === undefined) return { ok: false, message: 'there is nothing to merge' }
  for (const other of others) {
    const differing = differenceOf(first.sweep, other.sweep)
    if (differing !== undefined)
      return { ok: false, message: `${other.name} is of another sweep than ${first.name}: ${differing} differs` }
  }
  const rows = new Map<number, { readonly row: SweepRow; readonly name: string }>()
  for (const { name, sweep } of shards) {
    for (const row of sweep.rows) {
      const known = rows.get(row.index)
      if (known !== undefined)
        return { ok: false, message: `${name} and ${known.name} both have the run with seed ${row.seed}` }
      if (!isIn(row.index, sweep.shard))
        return { ok: false, message: `${name} has a run that is none of its part: seed ${row.seed}` }
      rows.set(row.index, { row, name })
    }
  }
  const sorted = [...rows.values()].map(({ row }) => row).sort((a, b) => a.index - b.index)
  const sweep: Sweep = { ...first.sweep, shard: { part: 1, of: 1 }, rows: sorted }
  return { ok: true, sweep, missing: missingShards(shards, sweep) }
}

/** What two shards must have in common. */
const common = [
  'podsim',
  'sha256',
  'file',
  'seeds',
  'options',
  'cells',
  'runs',
  'thresholds',
] as const satisfies readonly (keyof SweepPlan)[]

function differenceOf(a: Sweep, b: Sweep): string | undefined {
  const words = { podsim: 'the version of podsim', sha256: "the scenario's text" } as const
  const differing = common.find((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]))
  if (differing !== undefined) return differing in words ? words[differing as keyof typeof words] : differing // just seen
  return a.shard.of === b.shard.of ? undefined : 'the number of shards'
}

function missingShards(shards: readonly NamedSweep[], { runs }: Sweep): readonly string[] {
  const [{ sweep: first } = { sweep: undefined }] = shards
  const of = first?.shard.of ?? 1
  const cut = shards.flatMap(({ name, sweep }) => {
    const { length } = missingIn(sweep)
    return length === 0 ? [] : [`${length} runs of ${name}`]
  })
  const there = new Set(shards.map(({ sweep }) => sweep.shard.part))
  const absent = Array.from({ length: Math.min(of, runs) }, (_, i) => i + 1).filter((part) => !there.has(part))
  return [...absent.map((part) => `shard ${part}/${of}`), ...cut]
}
