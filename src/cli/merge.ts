import { readFileSync } from 'node:fs'
import { plain } from '../report/text.ts'
import { merge, type NamedSweep } from '../sweep/merge.ts'
import { readSweep } from '../sweep/sweep-file.ts'
import { errorCode } from './error-code.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'
import { reportSweep } from './sweep.ts'

/** `podsim merge`: joins the shards of a sweep, and says what one process would have said. */
export function mergeShards(
  files: readonly string[],
  { output: target }: { readonly output?: string },
  output: Output,
): number {
  const refused = (message: string): number => {
    output.err(plain`error: ${message}\n`)
    return exitCodes.usage
  }
  const shards: NamedSweep[] = []
  for (const name of new Set(files)) {
    let text: string
    try {
      text = readFileSync(name, 'utf8')
    } catch (error) {
      const code = errorCode(error)
      return refused(`${name} cannot be read (${code})`)
    }
    const read = readSweep(text)
    if (!read.ok) return refused(`${name}: ${read.message}`)
    shards.push({ name, sweep: read.sweep })
  }
  const merged = merge(shards)
  if (!merged.ok) return refused(merged.message)
  const code = reportSweep(merged.sweep, target, output)
  if (merged.missing.length === 0) return code
  output.err(plain`missing: ${merged.missing.join(', ')}\n`)
  return exitCodes.inconclusive
}
