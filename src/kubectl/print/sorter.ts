import { isObject, listAt, objectAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { fail } from '../cli/failure.ts'
import { findJsonpath, relaxedTemplate, relaxedTemplateError } from './jsonpath.ts'

/** Objects in the order of a field. Source: kubectl pkg/cmd/get/sorter.go. */
export function sortObjects(objects: readonly unknown[], expression: string): readonly unknown[] {
  return order(objects, expression, (object) => object, 'list of objects')
}

/** A table whose rows are in the order of a field of their objects. */
export function sortTable(table: unknown, expression: string): unknown {
  if (!isObject(table)) return table
  return {
    ...table,
    rows: order(listAt(table, 'rows'), expression, (row) => objectAt(row, 'object'), 'list of objects'),
  }
}

function order(
  items: readonly unknown[],
  expression: string,
  objectOf: (item: unknown) => unknown,
  where: string,
): readonly unknown[] {
  if (items.length === 0) return items
  const template = relaxedTemplate(expression) ?? fail(relaxedTemplateError(expression))
  const values = items.map((item) => {
    const found = findJsonpath(template, objectOf(item), true)
    return found.ok ? found.values[0] : fail(found.error)
  })
  if (values.every((value) => value === undefined)) {
    fail(`couldn't find any field with path ${goQuote(template)} in the ${where}`)
  }
  return items
    .map((item, i) => ({ item, value: values[i] }))
    .sort((a, b) => compareValues(a.value, b.value))
    .map(({ item }) => item)
}

function compareValues(a: unknown, b: unknown): number {
  if (a === undefined || a === null || b === undefined || b === null) {
    const rank = (value: unknown): number => (value === undefined || value === null ? 0 : 1)
    return rank(a) - rank(b)
  }
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return compareNaturally(String(a), String(b))
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
