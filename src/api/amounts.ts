import { addQuantities, compareQuantities, subtractQuantities } from './quantity.ts'

/** Amounts of several resources, by name. Source: pkg/quota/v1/resources.go. */
export type Amounts = Readonly<Record<string, string>>

const none: Amounts = {}

/** The amount of one resource, undefined when there is none. */
export function amountOf(amounts: Amounts | undefined, name: string): string | undefined {
  return amounts !== undefined && Object.hasOwn(amounts, name) ? amounts[name] : undefined
}

/** Source: Equals. */
export function equalAmounts(a: Amounts = none, b: Amounts = none): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => {
    const other = amountOf(b, name)
    return other !== undefined && compareQuantities(a[name] ?? '0', other) === 0
  })
}

/** Source: Add. */
export function addAmounts(a: Amounts = none, b: Amounts = none): Amounts {
  const sum: Record<string, string> = { ...a }
  for (const [name, amount] of Object.entries(b)) {
    const known = amountOf(sum, name)
    sum[name] = known === undefined ? amount : addQuantities(known, amount)
  }
  return sum
}

/** The larger of each. Source: Max. */
export function maxAmounts(a: Amounts = none, b: Amounts = none): Amounts {
  const result: Record<string, string> = { ...a }
  for (const [name, amount] of Object.entries(b)) {
    const known = amountOf(result, name)
    if (known === undefined || compareQuantities(known, amount) <= 0) result[name] = amount
  }
  return result
}

/** `a` less `b`, never below zero. Source: SubtractWithNonNegativeResult. */
export function subtractAmounts(a: Amounts = none, b: Amounts = none): Amounts {
  const result: Record<string, string> = {}
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const rest = subtractQuantities(amountOf(a, name) ?? '0', amountOf(b, name) ?? '0')
    result[name] = compareQuantities(rest, '0') > 0 ? rest : '0'
  }
  return result
}

/** Only the amounts with these names. Source: Mask. */
export function maskAmounts(amounts: Amounts = none, names: Iterable<string>): Amounts {
  const result: Record<string, string> = {}
  for (const name of names) {
    const amount = amountOf(amounts, name)
    if (amount !== undefined) result[name] = amount
  }
  return result
}

/** Source: RemoveZeros. */
export function withoutZeros(amounts: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => compareQuantities(amount, '0') !== 0))
}
