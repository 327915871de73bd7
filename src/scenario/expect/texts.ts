import { listOf, show } from './compare.ts'
import type { Finding } from './finding.ts'

/** Whether texts are in another, and others are not. */
export function lookForTexts(
  text: string,
  what: string,
  claims: {
    readonly contains?: string | readonly string[] | undefined
    readonly lacks?: string | readonly string[] | undefined
  },
  absent: string,
): Finding {
  const contains = listOf(claims.contains)
  const lacks = listOf(claims.lacks)
  const isWrong = contains.some((part) => !text.includes(part)) || lacks.some((part) => text.includes(part))
  const wants = [
    ...(contains.length > 0 ? [`contain ${contains.map(show).join(' and ')}`] : []),
    ...(lacks.length > 0 ? [`lack ${lacks.map(show).join(' and ')}`] : []),
  ]
  return {
    holds: !isWrong,
    expected: `${what} ${wants.join(' and ')}`,
    found: text === '' ? absent : `they say ${show(text)}`,
  }
}
