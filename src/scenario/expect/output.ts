import type { CommandResult } from '../../looks/containers.ts'
import type { OutputSource } from '../actions.ts'
import type { OutputMismatch } from '../result.ts'
import { listOf, textMatches } from './compare.ts'

/** How a command's output differs from what the scenario expects; without expectation a command must succeed. */
export function outputMismatches(result: CommandResult, expected: OutputSource | undefined): readonly OutputMismatch[] {
  const mismatches: OutputMismatch[] = []
  const exitCode = expected?.exitCode ?? 0
  if (result.exitCode !== exitCode) {
    const said = (result.stderr || result.stdout).trim()
    mismatches.push({
      what: 'exit code',
      expected: String(exitCode),
      found: said === '' ? String(result.exitCode) : `${result.exitCode}: ${said}`,
    })
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const wanted = expected?.[stream]
    if (wanted !== undefined && !textMatches(wanted, result[stream]))
      mismatches.push({ what: stream, expected: wanted, found: result[stream] })
  }
  const both = result.stdout + result.stderr
  for (const text of listOf(expected?.contains)) {
    if (!both.includes(text))
      mismatches.push({ what: 'output', expected: `containing ${JSON.stringify(text)}`, found: both })
  }
  for (const text of listOf(expected?.lacks)) {
    if (both.includes(text))
      mismatches.push({ what: 'output', expected: `without ${JSON.stringify(text)}`, found: both })
  }
  return mismatches
}
