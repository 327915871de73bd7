import { safeJson, safeLine } from '../bytes/terminal-text.ts'
import { plain } from '../report/text.ts'
import { drawDiagnostic } from '../scenario/diagnostic.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'
import { type Choice, planRuns } from './plan.ts'

/** `podsim list`: the runs that would be made, in their order. */
export function list(paths: readonly string[], flags: Choice & { readonly json?: boolean }, output: Output): number {
  const planned = planRuns(paths, flags)
  if (!planned.ok) {
    output.err(plain`error: ${planned.message}\n`)
    return exitCodes.usage
  }
  const { missing, found, units } = planned.plan
  for (const diagnostic of missing) output.err(plain`${drawDiagnostic(diagnostic, '')}\n`)
  for (const { text, loaded } of found)
    if (!loaded.ok) for (const error of loaded.errors) output.err(plain`${drawDiagnostic(error, text)}\n`)
  for (const { scenario, seed } of units) {
    const { file, title, covers, tags, settings } = scenario
    if (flags.json === true) {
      output.out(plain`${safeJson({ file, title, seed, covers, tags, settings })}\n`)
      continue
    }
    const words = [...covers, ...tags.map((tag) => `#${tag}`)].join(' ')
    output.out(plain`${safeLine(`${file}  ${title}  seed ${seed}${words === '' ? '' : `  ${words}`}`)}\n`)
  }
  return missing.length > 0 || found.some(({ loaded }) => !loaded.ok) ? exitCodes.usage : exitCodes.passed
}
