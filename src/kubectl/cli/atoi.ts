import { goQuote } from '../../go/quote.ts'
import { fail } from './failure.ts'

/** A whole number of 64 bits, or the end of the command. Source: strconv.Atoi. */
export function atoi(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) return fail(`strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`)
  const value = BigInt(text.replace('+', ''))
  if (BigInt.asIntN(64, value) !== value) return fail(`strconv.Atoi: parsing ${goQuote(text)}: value out of range`)
  return Number(value)
}
