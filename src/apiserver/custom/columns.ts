import { isObject, member } from '../../api/json.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { ageColumn, column, nameColumn, timeSince } from '../registry/column-texts.ts'
import type { Strategy } from '../registry/strategy.ts'
import type { PrinterColumn } from './definition.ts'

type Cell = string | number | boolean | null

/** What a definition without columns of its own shows. Source: apiextensions-apiserver pkg/apiserver/helpers.go, getColumnsForVersion. */
const usualColumns: readonly PrinterColumn[] = [
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: ageColumn.description },
]

/** The table of a custom resource. Source: apiextensions-apiserver pkg/registry/customresource/tableconvertor. */
export function customTable(given: readonly PrinterColumn[]): NonNullable<Strategy['table']> {
  const columns = (given.length === 0 ? usualColumns : given).map((each) => ({ each, path: parsePath(each.jsonPath) }))
  return {
    columns: [
      nameColumn,
      ...columns.map(({ each: { name, type, format, description, priority, jsonPath } }) => {
        const text = description || `Custom resource definition column (in JSONPath format): ${jsonPath}`
        return column(name, text, priority ?? 0, type, format ?? '')
      }),
    ],
    row: (object, context) => [
      object.metadata.name,
      ...columns.map(({ each: { type }, path }): Cell => {
        const value = path === undefined ? undefined : found(object, path)
        return value === undefined ? null : cellOf(type, value, (time) => timeSince(time, context))
      }),
    ],
  }
}

function cellOf(type: string, value: unknown, since: (time: string) => string): Cell {
  switch (type) {
    case 'string':
      return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return typeof value === 'string' ? since(value) : null
    default:
      return null
  }
}

/** A step of a path: a member, an index, or the first element whose member has a value. */
type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'filter'; readonly name: string; readonly equals: string }

const stepPattern =
  /\.((?:\\.|[^.[\]\\])+)|\[(-?\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\[\?\(@\.([\w-]+)\s*==\s*["']([^"']*)["']\)\]/y

/** The simple paths that columns are made of; undefined for any other, which shows nothing. */
function parsePath(path: string): readonly Step[] | undefined {
  const steps: Step[] = []
  for (let at = 0; at < path.length; at = stepPattern.lastIndex) {
    stepPattern.lastIndex = at
    const match = stepPattern.exec(path)
    if (match === null) return undefined
    const [, plain, index, quoted, filterName, equals] = match
    if (index !== undefined) steps.push({ kind: 'index', at: Number(index) })
    else if (filterName !== undefined) steps.push({ kind: 'filter', name: filterName, equals: equals ?? '' })
    else steps.push({ kind: 'member', name: (plain ?? quoted ?? '').replace(/\\(.)/g, '$1') })
  }
  return steps
}

function found(object: KubeObject, path: readonly Step[]): unknown {
  let value: unknown = object
  for (const step of path) {
    if (step.kind === 'member') value = isObject(value) ? member(value, step.name) : undefined
    else if (!Array.isArray(value)) value = undefined
    else if (step.kind === 'index') value = value.at(step.at)
    else value = value.find((item) => isObject(item) && member(item, step.name) === step.equals)
    if (value === undefined || value === null) return undefined
  }
  return value
}
