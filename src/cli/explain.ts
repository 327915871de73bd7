import { safeJson, safeLine } from '../bytes/terminal-text.ts'
import { explainText, glossaryList } from '../report/glossary/explain-text.ts'
import { glossary, nearTerms, termsAbout, termsNamed } from '../report/glossary/glossary.ts'
import type { Term } from '../report/glossary/term.ts'
import { createPaint, plain } from '../report/text.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'

/** Flags of `podsim explain`, as commander hands them over. */
export interface ExplainFlags {
  readonly output: 'text' | 'json'
}

/** Lines of prose are no longer than this, however wide the terminal. */
const widestProse = 100
/** Terms that are named to who asked for none that there is. */
const mostNamed = 8

/** `podsim explain`: what a term means; without one, all that there are. `columns`: of the terminal, if it is one. */
export function explain(
  asked: readonly string[],
  { output: form }: ExplainFlags,
  columns: number | undefined,
  output: Output,
): number {
  const width = Math.min(columns ?? widestProse, widestProse)
  const paint = createPaint(output.isColoured)
  const name = asked.join(' ').trim()
  if (name === '') {
    output.out(form === 'json' ? jsonOf(glossary) : glossaryList(width, paint))
    return exitCodes.passed
  }
  const terms = termsAsked(name)
  if (terms.length > 0) {
    output.out(form === 'json' ? jsonOf(terms) : explainText(terms, width, paint))
    return exitCodes.passed
  }
  const near = nearTerms(name)
  const hint = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`
  output.err(plain`error: nothing is known of ${JSON.stringify(safeLine(name))}${hint}\n`)
  const about = [...new Set(termsAbout(name).map((term) => term.name))].slice(0, mostNamed)
  if (near.length === 0 && about.length > 0) output.err(plain`  it is spoken of in ${about.join(', ')}\n`)
  output.err(plain`  podsim explain lists all terms\n`)
  return exitCodes.usage
}

/** `exit code 137` is 137, `reason FailedMount` FailedMount. */
function termsAsked(name: string): readonly Term[] {
  const exact = termsNamed(name)
  if (exact.length > 0) return exact
  return termsNamed(
    name.replace(/^(?:exit code|exit|reason|event|phase|condition|field|fault|clause|invariant|record) /i, ''),
  )
}

function jsonOf(terms: readonly Term[]) {
  return plain`${safeJson({ format: 1, terms }, 2)}\n`
}
