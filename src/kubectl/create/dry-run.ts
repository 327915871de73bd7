/** `--dry-run` in its old and new forms. Source: k8s.io/kubectl pkg/cmd/util/helpers.go, GetDryRunStrategy. */
import { fail } from '../cli/failure.ts'
import { parseBool } from '../cli/flags.ts'

/** What happens to the object: sent, only printed, or sent without being kept. */
export type DryRun = 'none' | 'client' | 'server'

/** Lines of helpers.go that klog names in its warnings, by first minor version: of a bare flag; boolean ones follow 14 and 17 later. */
const warningLines: readonly (readonly [minor: number, line: number])[] = [
  [18, 535],
  [20, 553],
  [21, 557],
  [22, 555],
  [24, 636],
  [25, 639],
  [26, 663],
  [27, 692],
  [29, 704],
  [30, 703],
  [32, 702],
  [33, 703],
  [34, 731],
  [35, 719],
]

/**
 * What the flag asks for. `warn` gets what klog writes after its time stamp and process id: `helpers.go:702] ...`.
 * Throws a CommandFailure for a value that is none.
 */
export function dryRunStrategy(value: string, minor: number, warn: (line: string) => void): DryRun {
  const line = warningLines.findLast(([since]) => minor >= since)?.[1] ?? 535
  const asBool = parseBool(value)
  if (asBool !== undefined) {
    const [strategy, offset] = asBool ? (['client', 14] as const) : (['none', 17] as const)
    warn(
      `helpers.go:${line + offset}] --dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=${strategy}.`,
    )
    return strategy
  }
  if (value === 'unchanged') {
    warn(`helpers.go:${line}] --dry-run is deprecated and can be replaced with --dry-run=client.`)
    return 'client'
  }
  if (value === 'none' || value === 'client' || value === 'server') return value
  return fail(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`)
}
