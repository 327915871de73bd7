/** Regular expressions of jq: Oniguruma's there, RE2's syntax here. Source: jq src/builtin.c (1.6), f_match. */
import { compileRegexp, type GoMatch } from '../../../go/regexp.ts'
import { JqError, type Json, kindOf, named } from './values.ts'

/** All matches as objects, or whether there is one. */
export function matches(value: Json, pattern: Json, flags: Json, tests: boolean): Json {
  if (typeof value !== 'string') throw new JqError(`${named(value)} cannot be matched, as it is not a string`)
  const [source, given] = Array.isArray(pattern) ? [pattern[0] ?? null, pattern[1] ?? flags] : [pattern, flags]
  if (typeof source !== 'string') throw new JqError(`${kindOf(source)} not a string or array`)
  const letters = given === null ? '' : given
  if (typeof letters !== 'string') throw new JqError(`${named(given)} is not a string`)
  const unknown = /[^gimnpslx]/.exec(letters)
  if (unknown !== null) throw new JqError(`${letters} is not a valid modifier string`)
  const found = all(value, source, letters)
  return tests ? found.length > 0 : found
}

function all(text: string, source: string, letters: string): Json[] {
  const readable = letters.includes('x')
    ? source.replace(/\\[\s\S]|#[^\n]*|\s+/g, (part) => (part.startsWith('\\') ? part : ''))
    : source
  const compiled = compileRegexp(
    readable.replaceAll('(?<', '(?P<').replaceAll('(?P<=', '(?<=').replaceAll('(?P<!', '(?<!'),
    {
      ignoreCase: letters.includes('i'),
      // In Oniguruma's Ruby syntax `^` and `$` are those of lines.
      multiline: true,
      dotAll: letters.includes('p') || letters.includes('s'),
      longest: letters.includes('l'),
    },
  )
  if (!compiled.ok) throw new JqError(`${source} (at offset 0) is not a valid regex: podsim: ${compiled.message}`)
  const { regexp } = compiled
  const names = groupNames(readable)
  const first = regexp.exec(text)
  const found = letters.includes('g') ? regexp.all(text) : first === undefined ? [] : [first]
  return found
    .filter((match) => !letters.includes('n') || match.end > match.index)
    .map((match) => described(text, match, names))
}

/** Names of the groups of a pattern, in order. */
function groupNames(source: string): readonly (string | null)[] {
  const names: (string | null)[] = []
  for (const part of source.matchAll(/\\[\s\S]|\[(?:\\[\s\S]|[^\]])*\]|\((?!\?)|\(\?P?<([a-zA-Z_]\w*)>/g))
    if (part[0].startsWith('(')) names.push(part[1] ?? null)
  return names
}

function described(text: string, match: GoMatch, names: readonly (string | null)[]): Json {
  const [whole = '', ...groups] = match.groups
  const offset = length(text.slice(0, match.index))
  let from = 0
  const captures = groups.map((group, i) => {
    const at = group === undefined ? -1 : whole.indexOf(group, from)
    if (at >= 0) from = at
    return object(group === undefined ? -1 : offset + length(whole.slice(0, at)), group, names[i] ?? null)
  })
  return new Map<string, Json>([...place(offset, whole), ['captures', captures]])
}

function object(offset: number, text: string | undefined, name: string | null): Json {
  return new Map<string, Json>([...place(offset, text), ['name', name]])
}

function place(offset: number, text: string | undefined): readonly (readonly [string, Json])[] {
  return [
    ['offset', offset],
    ['length', length(text ?? '')],
    ['string', text ?? null],
  ]
}

/** Characters, not units of UTF-16. */
function length(text: string): number {
  return [...text].length
}
