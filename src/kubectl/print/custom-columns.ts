import { alignTabs, tableTabs } from '../../go/tabwriter.ts'
import { goValueText } from '../../go/value-text.ts'
import { attemptNow, type Failure, fail } from '../cli/failure.ts'
import { findJsonpath, relaxedTemplate, relaxedTemplateError } from './jsonpath.ts'

export interface CustomColumn {
  readonly header: string
  readonly template: string
}

/** Source: kubectl pkg/cmd/get/customcolumn.go, NewCustomColumnsPrinterFromSpec. */
export function parseCustomColumns(spec: string): readonly CustomColumn[] {
  if (spec === '') fail('custom-columns format specified but no custom columns given')
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':')
    if (colon < 0) return fail(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    return { header: part.slice(0, colon), template: columnTemplate(part.slice(colon + 1)) }
  })
}

/** Two lines: headers, and templates below them. Source: customcolumn.go, NewCustomColumnsPrinterFromTemplate. */
export function parseCustomColumnsFile(text: string): readonly CustomColumn[] {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const missing = (what: string): never =>
    fail(
      `invalid template, missing ${what} line. Expected format is one line of space separated headers, one line of space separated column specs.`,
    )
  if (lines.length === 0) missing('header')
  if (lines.length === 1) missing('spec')
  const [headers = [], templates = []] = lines.map((line) => line.split(/\s+/).filter((word) => word !== ''))
  if (headers.length !== templates.length) {
    fail(`number of headers (${headers.length}) and field specifications (${templates.length}) don't match`)
  }
  return headers.map((header, i) => ({ header, template: columnTemplate(templates[i] ?? '') }))
}

function columnTemplate(expression: string): string {
  return relaxedTemplate(expression) ?? fail(relaxedTemplateError)
}

/** The rows; the row of the first object in which a column cannot be looked for is not written, nor what follows: `failure` says why. */
export function printCustomColumns(
  columns: readonly CustomColumn[],
  objects: readonly unknown[],
  headers: boolean,
): { readonly text: string; readonly failure: Failure | undefined } {
  const lines = headers ? [columns.map(({ header }) => header).join('\t')] : []
  let failure: Failure | undefined
  for (const object of objects) {
    const row = attemptNow(() => columns.map((column) => cell(column, object)).join('\t'))
    if (row.ok) lines.push(row.value)
    else failure = row.failure
    if (!row.ok) break
  }
  return { text: lines.length === 0 ? '' : alignTabs(`${lines.join('\n')}\n`, tableTabs), failure }
}

function cell(column: CustomColumn, object: unknown): string {
  if (column.template === '') return '<none>'
  const found = findJsonpath(column.template, object, true)
  if (!found.ok) return fail(found.error)
  return found.values.length === 0 ? '<none>' : found.values.map(goValueText).join(',')
}
