import { ageSince } from '../../go/human-duration.ts'
import { deepEqual, isObject, listAt, numberAt, objectAt, sortedEntries, textAt } from '../../go/json.ts'
import { alignTabs, type RememberedWidths, tableTabs } from '../../go/tabwriter.ts'
import { goValueText } from '../../go/value-text.ts'
import type { EpochMs } from '../../kernel/calendar.ts'

export interface TableOptions {
  readonly wide: boolean
  readonly noHeaders: boolean
  readonly withNamespace: boolean
  /** `secret`, `deployment.apps`: put before names. */
  readonly kind: string | undefined
  readonly columnLabels: readonly string[]
  readonly showLabels: boolean
}

interface Column {
  readonly name: string
  readonly wideOnly: boolean
}

interface Row {
  readonly cells: readonly unknown[]
  readonly object: unknown
}

/**
 * Prints the tables that the server makes, one after the other: headers again only when the columns change, widths
 * never below those printed before. Source: cli-runtime pkg/printers/tableprinter.go.
 */
export class TablePrinter {
  readonly #options: TableOptions
  readonly #widths: RememberedWidths = []
  #lastColumns: readonly unknown[] = []
  #printedHeaders = false
  constructor(options: TableOptions) {
    this.#options = options
  }

  /** The text of an object as the server sent it, a Table as a rule; `eventType` adds the first column. */
  print(object: unknown, eventType = ''): string {
    const text = this.#table(object, eventType)
    return text === '' ? '' : alignTabs(text, tableTabs, this.#widths)
  }

  #table(table: unknown, eventType: string): string {
    const own = listAt(table, 'columnDefinitions')
    const same = own.length === 0 || deepEqual(own, this.#lastColumns)
    const hidden = this.#options.noHeaders || (this.#printedHeaders && same)
    if (!same) {
      this.#lastColumns = own
      this.#printedHeaders = false
    }
    const rows = listAt(table, 'rows').map((row) => ({ cells: listAt(row, 'cells'), object: objectAt(row, 'object') }))
    if (rows.length > 0) this.#printedHeaders = true
    return this.#lines(this.#lastColumns, rows, eventType, hidden)
  }

  #lines(definitions: readonly unknown[], rows: readonly Row[], eventType: string, noHeaders: boolean): string {
    if (rows.length === 0) return ''
    const options = this.#options
    const columns = definitions.map((definition) => ({
      name: textAt(definition, 'name'),
      wideOnly: numberAt(definition, ['priority']) !== 0,
      isName: textAt(definition, 'format') === 'name' && textAt(definition, 'type') === 'string',
    }))
    const nameAt = options.kind === undefined ? -1 : columns.findIndex(({ isName }) => isName)
    const shown: readonly Column[] = columns
    const keep = (_: unknown, i: number): boolean => options.wide || shown[i]?.wideOnly === false
    const header = [
      ...(eventType === '' ? [] : ['EVENT']),
      ...(options.withNamespace ? ['NAMESPACE'] : []),
      ...shown.filter(keep).map(({ name }) => name.toUpperCase()),
      ...options.columnLabels.map((label) => (label.split('/').at(-1) ?? '').toUpperCase()),
      ...(options.showLabels ? ['LABELS'] : []),
    ]
    const body = rows.map((row) => {
      const cells = row.cells
        .slice(0, columns.length)
        .map((cell, i) => cellText(cell, i === nameAt ? options.kind : undefined))
      return [
        ...(eventType === '' ? [] : [eventType.padEnd(8)]),
        ...(options.withNamespace ? [textAt(row.object, 'metadata', 'namespace')] : []),
        ...cells.filter(keep),
        ...options.columnLabels.map((label) => textAt(row.object, 'metadata', 'labels', label)),
        ...(options.showLabels ? [formatLabels(row.object)] : []),
      ]
    })
    return `${(noHeaders ? body : [header, ...body]).map((cells) => cells.join('\t')).join('\n')}\n`
  }
}

function cellText(cell: unknown, kind: string | undefined): string {
  const text = cell === null || cell === undefined ? '' : typeof cell === 'string' ? cell : goValueText(cell)
  return kind === undefined ? text : `${kind}/${text}`
}

/** What the server sent as it is, objects and lists of them as a table of names and ages. Source: tableprinter.go, printObjectMeta. */
export function asTable(object: unknown, now: EpochMs): unknown {
  if (textAt(object, 'kind') === 'Table') return object
  const items = Array.isArray(objectAt(object).items) ? listAt(object, 'items') : [object]
  return {
    kind: 'Table',
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name', priority: 0 },
      { name: 'Age', type: 'string', priority: 0 },
    ],
    rows: items.map((item) => ({
      cells: [textAt(item, 'metadata', 'name'), ageSince(textAt(item, 'metadata', 'creationTimestamp'), now)],
      object: item,
    })),
  }
}

/** `a=b,c=d`, sorted, or `<none>`. Source: k8s.io/apimachinery pkg/labels, FormatLabels. */
function formatLabels(object: unknown): string {
  return formatMap(objectAt(object, 'metadata', 'labels'))
}

export function formatMap(map: unknown): string {
  const entries = isObject(map) ? sortedEntries(map) : []
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',')
}
