import { isObject, textAt } from '../../go/json.ts'
import { inner, isRequired, propertiesOf, type SchemaDocument, type SchemaNode } from './document.ts'
import { wordWrap } from './wrap.ts'

/** What `explain` prints of an OpenAPI v3 document. Source: kubectl pkg/explain/v2/templates/plaintext.tmpl. */

/** What is asked, and how this kubectl prints it. */
export interface ExplainedV3 {
  readonly document: SchemaDocument
  readonly recursive: boolean
  /** Whether the values of enumerations are listed. */
  readonly listsValues: boolean
  /** Whether links to other documentation are told. */
  readonly tellsLinks: boolean
}

/** What is printed of a field of a kind, or of the kind itself; undefined when there is no such field. */
export function explainV3(asked: ExplainedV3, kind: SchemaNode, path: readonly string[]): string | undefined {
  return outputOf(asked, kind, path, new Set())
}

/** `above`: the references since the last field, which are not followed again. */
function outputOf(
  asked: ExplainedV3,
  schema: SchemaNode,
  path: readonly string[],
  above: ReadonlySet<string>,
): string | undefined {
  const { document } = asked
  const reference = textAt(schema, '$ref')
  const resolved = document.resolve(schema) ?? schema
  const [name] = path
  if (name === undefined) return wholeText(asked, resolved)
  if (reference !== '' && above.has(reference)) return undefined
  const field = propertiesOf(resolved)?.[name]
  if (field !== undefined) {
    const head = path.length > 1 ? '' : `FIELD: ${name} <${typeGuess(field, document)}>\n${valueLines(asked, field)}\n`
    const below = outputOf(asked, field, path.slice(1), new Set())
    return head === '' ? below : `${head}${below ?? ''}`
  }
  const seen = reference === '' ? above : new Set([...above, reference])
  const next = inner(resolved, 'items') ?? inner(resolved, 'additionalProperties')
  if (next !== undefined) return outputOf(asked, next, path, seen)
  return alternatives(resolved)
    .map((one) => outputOf(asked, one, path, seen))
    .find((text) => text !== undefined)
}

function alternatives(schema: SchemaNode): readonly SchemaNode[] {
  return Array.isArray(schema.allOf) ? schema.allOf.filter(isObject) : []
}

function wholeText(asked: ExplainedV3, schema: SchemaNode): string {
  const description = descriptionOf(schema, asked.document) || '<empty>'
  const links = asked.tellsLinks ? linkText(schema) : ''
  const fields = fieldList(asked, schema, 1, new Set())
  const told = `DESCRIPTION:\n${indented(4, wordWrap(description, 76))}\n${links === '' ? '' : `\n${links}`}`
  return fields === '' ? told : `${told}FIELDS:\n${fields}`
}

/** Every line, the empty ones and the last one, too. */
function indented(columns: number, text: string): string {
  const pad = ' '.repeat(columns)
  return pad + text.replaceAll('\n', `\n${pad}`)
}

function descriptionOf(schema: SchemaNode, document: SchemaDocument): string {
  const resolved = document.resolve(schema) ?? schema
  const own = textAt(resolved, 'description')
  const below = [...alternatives(resolved), inner(resolved, 'items'), inner(resolved, 'additionalProperties')]
  const texts = below.map((one) => (one === undefined ? '' : descriptionOf(one, document)))
  return `${own === '' ? '' : `${own}\n`}${texts.join('')}`
}

function linkText(schema: SchemaNode): string {
  const { externalDocs } = schema
  if (!isObject(externalDocs)) return ''
  const [description, url] = [textAt(externalDocs, 'description'), textAt(externalDocs, 'url')]
  const about = description === '' ? '' : `${indented(4, wordWrap(description, 76))}\n`
  return `EXTERNAL DOCS:\n${about}${url === '' ? '' : `${indented(4, `URL: ${url}`)}\n`}`
}

/** `above`: the references on the way. */
function fieldList(asked: ExplainedV3, schema: SchemaNode, level: number, above: ReadonlySet<string>): string {
  const reference = textAt(schema, '$ref')
  if (reference !== '' && above.has(reference)) return ''
  const seen = reference === '' ? above : new Set([...above, reference])
  const resolved = asked.document.resolve(schema) ?? schema
  const fields = Object.entries(propertiesOf(resolved) ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const own = fields.map(([name, field]) => {
    const detail = fieldDetail(asked, resolved, name, field, level)
    return asked.recursive ? detail + fieldList(asked, field, level + 1, seen) : detail
  })
  const below = [...alternatives(resolved), inner(resolved, 'items'), inner(resolved, 'additionalProperties')]
  const more = below.map((one) => (one === undefined ? '' : fieldList(asked, one, level, seen)))
  return [...own, ...more].join('')
}

function fieldDetail(asked: ExplainedV3, schema: SchemaNode, name: string, field: SchemaNode, level: number): string {
  const indent = level * 2
  const required = isRequired(schema, name) ? ' -required-' : ''
  const values = asked.listsValues ? shortValues(field, indent) : ''
  const head = `${' '.repeat(indent)}${name}\t<${typeGuess(field, asked.document)}>${required}${values}\n`
  if (asked.recursive) return head
  const description = textAt(field, 'description') || '<no description>'
  const links = asked.tellsLinks ? linkText(field) : ''
  const more = links === '' ? '' : `\n${indented(indent + 2, links.trimEnd())}\n`
  return `${head}${indented(indent + 2, wordWrap(description, 78 - indent))}\n${more}\n`
}

function typeGuess(schema: SchemaNode, document: SchemaDocument): string {
  const items = inner(schema, 'items')
  if (items !== undefined) return `[]${typeGuess(items, document)}`
  const values = inner(schema, 'additionalProperties')
  if (values !== undefined) return `map[string]${typeGuess(values, document)}`
  const [only, ...others] = alternatives(schema)
  if (only !== undefined && others.length === 0 && propertiesOf(schema) === undefined) return typeGuess(only, document)
  const type = textAt(schema, 'type')
  const reference = textAt(schema, '$ref')
  if (reference === '') return type === '' || type === 'object' ? 'Object' : type
  const named = textAt(document.resolve(schema) ?? {}, 'type')
  return named === '' || named === 'object' ? reference.split('/').at(-1)?.split('.').at(-1) || 'Object' : named
}

/** How many values a list of fields shows. */
const shownValues = 4

function valuesOf(schema: SchemaNode): readonly string[] {
  return Array.isArray(schema.enum) ? schema.enum.map((value) => (value === '' ? '""' : String(value))) : []
}

/** Values below the one field that is asked for. */
function valueLines({ listsValues }: ExplainedV3, schema: SchemaNode): string {
  if (!listsValues) return ''
  const values = valuesOf(schema)
  return values.length === 0 ? '\n' : `ENUM:${values.map((value) => `\n    ${value}`).join('')}\n`
}

function shortValues(schema: SchemaNode, indent: number): string {
  const values = valuesOf(schema)
  if (values.length === 0) return ''
  const more = values.length > shownValues ? ', ....' : ''
  return `\n${' '.repeat(indent)}enum: ${values.slice(0, shownValues).join(', ')}${more}`
}
