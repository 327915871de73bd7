import { goQuote } from '../../go/quote.ts'
import type { ClientVersion } from '../client-version.ts'
import type { Command } from './command.ts'

/** Source: cobra args.go, legacyArgs; command.go, SuggestionsFor. */
export function unknownCommandText(word: string, root: Command, version: ClientVersion): string {
  const names = (root.children ?? [])
    .filter(({ since = 0, until = Number.POSITIVE_INFINITY }) => version.minor >= since && version.minor < until)
    .map(({ name }) => name)
  const close = names.filter(
    (name) => distance(word.toLowerCase(), name.toLowerCase()) <= 2 || name.startsWith(word.toLowerCase()),
  )
  const hint = close.length === 0 ? '' : `\n\nDid you mean this?\n${close.map((name) => `\t${name}\n`).join('')}`
  const tail = version.parserErrorsInLowerCase ? '' : "\nRun 'kubectl --help' for usage.\n"
  return `${version.parserErrorPrefix}: unknown command ${goQuote(word)} for "kubectl"${hint}${tail}`
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same))
    }
    row = next
  }
  return row[b.length] ?? 0
}
