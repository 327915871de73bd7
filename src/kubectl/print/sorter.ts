import { compareQuantities, parseQuantity } from '../../api/quantity.ts'
import { isObject, listAt, objectAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { type GoSort, goSorted } from '../../go/sort.ts'
import { fail } from '../cli/failure.ts'
import { findJsonpath, relaxedTemplate, relaxedTemplateError } from './jsonpath.ts'

/** How values compare: texts that are quantities do as such, or not. */
export interface Sorting {
  readonly sortsQuantities: boolean
  readonly sort: GoSort
  /** Ends kubectl where a value has no order. `what`: the words after `file.go:line] `. */
  unsortable(what: string, isTable: boolean): never
}

/** Objects in the order of a field. Source: kubectl pkg/cmd/get/sorter.go. */
export function sortObjects(objects: readonly unknown[], expression: string, sorting: Sorting): readonly unknown[] {
  return order(objects, expression, sorting, undefined)
}

/** A table whose rows are in the order of a field of their objects. */
export function sortTable(table: unknown, expression: string, sorting: Sorting): unknown {
  if (!isObject(table)) return table
  return { ...table, rows: order(listAt(table, 'rows'), expression, sorting, (row) => objectAt(row, 'object')) }
}

function order(
  items: readonly unknown[],
  expression: string,
  { sortsQuantities, sort, unsortable }: Sorting,
  objectOf: ((item: unknown) => unknown) | undefined,
): readonly unknown[] {
  if (items.length === 0) return items
  const template = relaxedTemplate(expression) ?? fail(relaxedTemplateError)
  const values = items.map((item) => {
    const found = findJsonpath(template, objectOf === undefined ? item : objectOf(item), true)
    return found.ok ? found.values[0] : fail(found.error)
  })
  if (values.every((value) => value === undefined)) {
    fail(`couldn't find any field with path ${goQuote(template)} in the list of objects`)
  }
  const isTable = objectOf !== undefined
  const refuse = (why: string): never =>
    unsortable(
      `Field ${template} in ${isTable ? '[][][]reflect.Value' : '*unstructured.Unstructured'} is an unsortable type: interface, err: ${why}`,
      isTable,
    )
  const rows = items.map((item, i) => ({ item, value: values[i] }))
  return goSorted(rows, (a, b) => isLess(a.value, b.value, sortsQuantities, refuse), sort).map(({ item }) => item)
}

/** Of two that lack the field each is less than the other. Source: sorter.go, Less and isLess. */
function isLess(a: unknown, b: unknown, sortsQuantities: boolean, refuse: (why: string) => never): boolean {
  if (a === undefined || b === undefined) return a === undefined
  if (a === null || b === null) return a === null && b !== null
  const type = goType(a)
  if (type !== 'string' && type !== 'int64' && type !== 'float64') return refuse(`unsortable type: ${type}`)
  if (type !== goType(b)) return refuse('unsortable interface: interface')
  return compareValues(a, b, sortsQuantities) < 0
}

/** What Go calls the type of a value that was read from JSON. */
function goType(value: unknown): string {
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'string') return 'string'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}

function compareValues(a: unknown, b: unknown, sortsQuantities: boolean): number {
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
