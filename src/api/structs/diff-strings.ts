import { goQuote } from '../../go/quote.ts'

/** A text in quotes, or in back quotes when that spares escapes. Source: go-cmp cmp/report_reflect.go, formatString. */
export function goString(text: string): string {
  const quoted = goQuote(text)
  if (quoted.length === text.length + 2) return quoted
  const isRaw = !/[`\n]/.test(text) && /^[\p{L}\p{M}\p{N}\p{P}\p{S} \t]*$/u.test(text)
  return isRaw ? `\`${text}\`` : quoted
}
