import { textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { fail } from '../cli/failure.ts'
import { inner, isRequired, propertiesOf, type SchemaDocument, type SchemaNode } from './document.ts'
import { paragraphsInLines, wordsInLines } from './wrap.ts'

/** What `explain` prints of an OpenAPI v2 document. Source: kubectl pkg/explain; kube-openapi pkg/util/proto/document.go. */

/** What is asked, and how this kubectl prints it. */
export interface ExplainedV2 {
  readonly document: SchemaDocument
  readonly kind: SchemaNode
  /** `Secret`, `apps/v1`. */
  readonly kindName: string
  readonly apiVersion: string
  readonly path: readonly string[]
  readonly recursive: boolean
  /** Whether paragraphs stay apart. */
  readonly keepsParagraphs: boolean
  /** Whether percent signs of a description are taken for Go's verbs. */
  readonly formatsDescriptions: boolean
}

/** Columns of a line, its indentation with them. */
const width = 80
const fieldIndent = 3
const descriptionIndent = 5

/** How the schema of a document is taken. Source: document.go, ParseSchema. */
type Shape = 'reference' | 'kind' | 'map' | 'list' | 'scalar' | 'anything'

function shapeOf(schema: SchemaNode): Shape {
  if ('$ref' in schema) return 'reference'
  const hasFields = propertiesOf(schema) !== undefined
  if (schema.type === undefined) return hasFields ? 'kind' : 'anything'
  if (schema.type === 'object') return hasFields ? 'kind' : 'map'
  return schema.type === 'array' ? 'list' : 'scalar'
}

/** All of it; refuses a field that is not there. */
export function explainV2(asked: ExplainedV2): string {
  const { document, kindName, apiVersion, path } = asked
  const found = lookup(asked.kind, path, document)
  const { last, descriptions, type } = descend(found, document)
  const head = `KIND:     ${kindName}\nVERSION:  ${apiVersion}\n\n`
  const name = path.at(-1)
  const shape = shapeOf(last)
  const field = shape === 'scalar' ? `FIELD:    ${name ?? ''} <${type}>\n\n` : ''
  const resource = shape === 'kind' && name !== undefined ? `RESOURCE: ${name} <${type}>\n\n` : ''
  const text = `${head}${field}${resource}DESCRIPTION:\n${descriptionText(asked, [...descriptions, textAt(last, 'description')])}`
  if (shape !== 'kind') return text
  const fields = asked.recursive ? fieldNames(last, document, fieldIndent, []) : fieldTexts(asked, last)
  return `${text}\nFIELDS:\n${fields}`
}

/** Source: pkg/explain/field_lookup.go. */
function lookup(schema: SchemaNode, path: readonly string[], document: SchemaDocument): SchemaNode {
  if (path.length === 0) return schema
  switch (shapeOf(schema)) {
    case 'reference':
      return lookup(document.resolve(schema) ?? {}, path, document)
    case 'list':
      return lookup(inner(schema, 'items') ?? {}, path, document)
    case 'map':
      return lookup(valuesOf(schema), path, document)
    case 'kind': {
      const [name = '', ...rest] = path
      const field = propertiesOf(schema)?.[name]
      return field === undefined ? fail(`field ${goQuote(name)} does not exist`) : lookup(field, rest, document)
    }
    default:
      return schema
  }
}

/** A map of nobody knows what holds anything, which is described as the map is. */
function valuesOf(schema: SchemaNode): SchemaNode {
  return inner(schema, 'additionalProperties') ?? { description: schema.description }
}

interface Descended {
  readonly last: SchemaNode
  /** Those of the references, lists and maps on the way. */
  readonly descriptions: readonly string[]
  readonly type: string
}

/** Source: pkg/explain/model_printer.go. */
function descend(schema: SchemaNode, document: SchemaDocument): Descended {
  const descriptions: string[] = []
  let type: string | undefined
  let here = schema
  for (;;) {
    const shape = shapeOf(here)
    if (shape !== 'reference' && shape !== 'anything') type ??= typeName(here, document)
    if (shape !== 'reference' && shape !== 'list' && shape !== 'map')
      return { last: here, descriptions, type: type ?? '' }
    descriptions.push(textAt(here, 'description'))
    if (shape === 'reference') here = document.resolve(here) ?? {}
    else here = shape === 'list' ? (inner(here, 'items') ?? {}) : valuesOf(here)
  }
}

/** Source: pkg/explain/typename.go. */
function typeName(schema: SchemaNode, document: SchemaDocument): string {
  switch (shapeOf(schema)) {
    case 'reference':
      return typeName(document.resolve(schema) ?? {}, document)
    case 'kind':
      return 'Object'
    case 'list':
      return `[]${typeName(inner(schema, 'items') ?? {}, document)}`
    case 'map':
      return `map[string]${typeName(valuesOf(schema), document)}`
    case 'scalar':
      return textAt(schema, 'type')
    case 'anything':
      return ''
  }
}

function descriptionText(asked: ExplainedV2, descriptions: readonly string[]): string {
  if (descriptions.every((text) => text === '')) return lines(asked, '<empty>', descriptionIndent)
  return descriptions
    .map((text, i) => {
      if (text === '') return ''
      const said = asked.formatsDescriptions ? formatted(text) : text
      return `${i === 0 ? '' : '\n'}${lines(asked, said, descriptionIndent)}`
    })
    .join('')
}

/** A text as Go's Sprintf prints it without arguments. Source: fmt/print.go, doPrintf. */
function formatted(text: string): string {
  return text.replace(/%[#0+\- ]*\d*(?:\.\d*)?(.?)/gsu, (_, verb: string) =>
    verb === '%' ? '%' : verb === '' ? '%!(NOVERB)' : `%!${verb}(MISSING)`,
  )
}

function lines({ keepsParagraphs }: ExplainedV2, text: string, indent: number): string {
  const wrap = keepsParagraphs ? paragraphsInLines : wordsInLines
  return wrap(text, width - indent)
    .map((line) => (line === '' ? '\n' : `${' '.repeat(indent)}${line}\n`))
    .join('')
}

/** Source: pkg/explain/fields_printer.go. */
function fieldTexts(asked: ExplainedV2, schema: SchemaNode): string {
  const fields = Object.entries(propertiesOf(schema) ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return fields
    .map(([name, field]) => {
      const required = isRequired(schema, name) ? ' -required-' : ''
      const head = `${' '.repeat(fieldIndent)}${name}\t<${typeName(field, asked.document)}>${required}\n`
      return `${head}${lines(asked, textAt(field, 'description'), descriptionIndent)}\n`
    })
    .join('')
}

/** Source: pkg/explain/recursive_fields_printer.go; `above`: the references on the way, which are not followed again. */
function fieldNames(schema: SchemaNode, document: SchemaDocument, indent: number, above: readonly string[]): string {
  switch (shapeOf(schema)) {
    case 'reference': {
      const name = textAt(schema, '$ref')
      if (above.includes(name)) return ''
      return fieldNames(document.resolve(schema) ?? {}, document, indent, [...above, name])
    }
    case 'list':
      return fieldNames(inner(schema, 'items') ?? {}, document, indent, above)
    case 'map':
      return fieldNames(valuesOf(schema), document, indent, above)
    case 'kind':
      return Object.entries(propertiesOf(schema) ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, field]) => {
          const line = `${' '.repeat(indent)}${name}\t<${typeName(field, document)}>\n`
          return line + fieldNames(field, document, indent + fieldIndent, above)
        })
        .join('')
    default:
      return ''
  }
}
