import { compareQuantities, parseQuantity } from '../../api/quantity.ts'
import { isObject, listAt, objectAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { fail } from '../cli/failure.ts'
import { findJsonpath, relaxedTemplate, relaxedTemplateError } from './jsonpath.ts'

/** How values compare: texts that are quantities do as such, or not. */
interface Sorting {
  readonly sortsQuantities: boolean
}

/** Objects in the order of a field. Source: kubectl pkg/cmd/get/sorter.go. */
export function sortObjects(objects: readonly unknown[], expression: string, sorting: Sorting): readonly unknown[] {
  return order(objects, expression, sorting, (object) => object)
}

/** A table whose rows are in the order of a field of their objects. */
export function sortTable(table: unknown, expression: string, sorting: Sorting): unknown {
  if (!isObject(table)) return table
  return { ...table, rows: order(listAt(table, 'rows'), expression, sorting, (row) => objectAt(row, 'object')) }
}

function order(
  items: readonly unknown[],
  expression: string,
  { sortsQuantities }: Sorting,
  objectOf: (item: unknown) => unknown,
): readonly unknown[] {
  if (items.length === 0) return items
  const template = relaxedTemplate(expression) ?? fail(relaxedTemplateError(expression))
  const values = items.map((item) => {
    const found = findJsonpath(template, objectOf(item), true)
    return found.ok ? found.values[0] : fail(found.error)
  })
  if (values.every((value) => value === undefined)) {
    fail(`couldn't find any field with path ${goQuote(template)} in the list of objects`)
  }
  return items
    .map((item, i) => ({ item, value: values[i] }))
    .sort((a, b) => compareValues(a.value, b.value, sortsQuantities))
    .map(({ item }) => item)
}

/** Source: sorter.go, isLess. */
function compareValues(a: unknown, b: unknown, sortsQuantities: boolean): number {
  if (a === undefined || a === null || b === undefined || b === null) {
    const rank = (value: unknown): number => (value === undefined || value === null ? 0 : 1)
    return rank(a) - rank(b)
  }
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [String(a), String(b)]
  const areQuantities = sortsQuantities && parseQuantity(left).ok && parseQuantity(right).ok
  return areQuantities ? compareQuantities(left, right) : compareNaturally(left, right)
}

/** Runs of digits are compared as numbers. Source: vbom.ml/util sortorder, NaturalLess. */
export function compareNaturally(a: string, b: string): number {
  const left = a.match(/\d+|\D/gu) ?? []
  const right = b.match(/\d+|\D/gu) ?? []
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x = '', y = ''] = [left[i], right[i]]
    if (x === y) continue
    if (!/\d/.test(x) || !/\d/.test(y)) return (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0)
    const numbers = BigInt(x) - BigInt(y)
    if (numbers !== 0n) return numbers < 0n ? -1 : 1
    return x.length - y.length
  }
  return left.length - right.length
}
