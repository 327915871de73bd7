import { table } from './generated/descriptions.ts'
import { usesYoungSchema } from './schema.ts'

/** What OpenAPI documents say in words: of types, of their fields, and which values a field may have. */
export interface Descriptions {
  /** Of a type, by its OpenAPI name; empty where nothing is said. */
  ofType(definition: string): string
  /** Of a field, by the names of all fields of the type; empty where nothing is said. */
  ofField(definition: string, fields: Iterable<string>, field: string): string
  /** All values of a field whose type is marked as an enumeration, in order. */
  valuesOf(definition: string, field: string): readonly string[]
  /** What a field of anything refers to: `io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1`. */
  anythingOf(definition: string, field: string): string | undefined
}

interface Rows {
  readonly texts: Readonly<Record<string, string>>
  readonly anything: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly enums: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

interface Table {
  readonly texts: readonly string[]
  readonly documents: { readonly 'v1.18': Rows; readonly 'v1.36': Rows }
}

let parsed: Table | undefined

/** The words of the document that a minor version is served from, and of the other one for what only that one has. */
export function descriptionsOf(minor: number): Descriptions {
  parsed ??= JSON.parse(table()) as Table // written by scripts/generate-descriptions.ts
  const { texts, documents } = parsed
  const [near, far] = usesYoungSchema(minor)
    ? [documents['v1.36'], documents['v1.18']]
    : [documents['v1.18'], documents['v1.36']]
  const rowsOf = (definition: string): Rows => (Object.hasOwn(near.texts, definition) ? near : far)
  const rows = new Map<string, readonly string[]>()
  const rowOf = (definition: string): readonly string[] => {
    const row = rows.get(definition) ?? rowsOf(definition).texts[definition]?.split(' ') ?? []
    rows.set(definition, row)
    return row
  }
  const textAt = (definition: string, position: number): string => {
    const number = rowOf(definition)[position] ?? ''
    return number === '' ? '' : (texts[Number.parseInt(number, 36)] ?? '')
  }
  const orders = new Map<string, readonly string[]>()
  const orderOf = (definition: string, fields: Iterable<string>): readonly string[] => {
    const order = orders.get(definition) ?? [...fields].sort()
    orders.set(definition, order)
    return order
  }
  return {
    ofType: (definition) => textAt(definition, 0),
    ofField: (definition, fields, field) => textAt(definition, 1 + orderOf(definition, fields).indexOf(field)),
    valuesOf: (definition, field) => rowsOf(definition).enums[definition]?.[field] ?? [],
    anythingOf: (definition, field) => rowsOf(definition).anything[definition]?.[field],
  }
}
