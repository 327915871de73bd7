import { alignTabs, tableTabs } from '../../go/tabwriter.ts'
import { goValueText } from '../../go/value-text.ts'
import { fail } from '../cli/failure.ts'
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

export function printCustomColumns(
  columns: readonly CustomColumn[],
  objects: readonly unknown[],
  headers: boolean,
): string {
  const rows = objects.map((object) => columns.map((column) => cell(column, object)).join('\t'))
  const lines = headers ? [columns.map(({ header }) => header).join('\t'), ...rows] : rows
  return lines.length === 0 ? '' : alignTabs(`${lines.join('\n')}\n`, tableTabs)
}

function cell(column: CustomColumn, object: unknown): string {
  if (column.template === '') return '<none>'
  const found = findJsonpath(column.template, object, true)
  if (!found.ok) return fail(found.error)
  return found.values.length === 0 ? '<none>' : found.values.map(goValueText).join(',')
}
