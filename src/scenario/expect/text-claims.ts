import { compileRegexp, type GoRegexp } from '../../go/regexp.ts'
import { complain } from '../../sim/input/complaints.ts'
import { comparison, text, texts } from '../../sim/input/formats.ts'
import { quoted, words } from '../../sim/input/words.ts'
import { fitsComparison, listOf, show } from './compare.ts'

/** What can be said of a text: what it contains, lacks, matches, and how long it is. */

/** A regular expression of RE2, matched in linear time. */
export const regexpText = text
  .min(1)
  .superRefine((given, context) => {
    const compiled = compileRegexp(given)
    if (!compiled.ok)
      complain(context, [], { message: `${quoted(given)} is no regular expression: ${reasonOf(compiled.message)}` })
  })
  .register(words, { expected: 'a regular expression' })

function reasonOf(message: string): string {
  return message.replace(/^error parsing regexp: /, '')
}

/** Keys of a text that may be part of an expectation. */
export const textClaims = {
  contains: texts.optional().meta({ description: 'Texts that must be there' }),
  lacks: texts.optional().meta({ description: 'Texts that must not be there' }),
  matches: regexpText.optional().meta({ description: 'A regular expression (RE2) that must match somewhere in it' }),
  size: comparison.optional().meta({ description: 'How many characters it has' }),
}

/** As a scenario has them. */
export interface TextClaims {
  readonly contains?: string | readonly string[] | undefined
  readonly lacks?: string | readonly string[] | undefined
  readonly matches?: string | undefined
  readonly size?: number | string | undefined
}

/** The claims in words, each completing `it ...`; `verbs` for a plural: `contain`, `lack`. */
export function claimWords({ contains, lacks, matches, size }: TextClaims, isPlural = false): readonly string[] {
  const s = isPlural ? '' : 's'
  return [
    ...(contains === undefined ? [] : [`contain${s} ${listOf(contains).map(show).join(' and ')}`]),
    ...(lacks === undefined ? [] : [`lack${s} ${listOf(lacks).map(show).join(' and ')}`]),
    ...(matches === undefined ? [] : [`match${isPlural ? '' : 'es'} ${show(matches)}`]),
    ...(size === undefined ? [] : [`${isPlural ? 'have' : 'has'} ${size} characters`]),
  ]
}

/** Whether a text is as claimed. */
export function textFits(found: string, { contains, lacks, matches, size }: TextClaims): boolean {
  if (listOf(contains).some((part) => !found.includes(part))) return false
  if (listOf(lacks).some((part) => found.includes(part))) return false
  if (matches !== undefined && !regexpOf(matches).test(found)) return false
  return size === undefined || fitsComparison(found.length, size)
}

function regexpOf(pattern: string): GoRegexp {
  const compiled = compileRegexp(pattern)
  // The schema took it: it compiles.
  if (!compiled.ok) throw new Error(`${quoted(pattern)} is no regular expression`)
  return compiled.regexp
}
