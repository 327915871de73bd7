/**
 * Turns the comments of Go types into what OpenAPI documents say of kinds and fields: src/api/schema/generated/descriptions.ts,
 * one table of texts for v1.18 and v1.36, in which each text stands once.
 *
 * Use: npx tsx scripts/generate-descriptions.ts <out.ts> (<name> <openapi.json> <go source root>)...
 *
 * Which definitions and fields there are, the recorded structure of the OpenAPI documents says (test/fixtures/vectors/openapi);
 * how comments become descriptions: kube-openapi pkg/generators/openapi.go (generateDescription) and enum.go.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface OpenApiField {
  readonly $ref?: string
  readonly items?: OpenApiField
  readonly additionalProperties?: OpenApiField
}

interface OpenApi {
  readonly definitions: Readonly<Record<string, { readonly properties?: Readonly<Record<string, OpenApiField>> }>>
}

interface GoField {
  readonly comment: readonly string[]
  readonly type: string
  /** Empty: the fields of its type are fields of the struct. */
  readonly json: string
}

interface GoType {
  readonly comment: readonly string[]
  readonly fields: readonly GoField[]
}

interface GoConstant {
  readonly name: string
  readonly type: string
  readonly value: string
  readonly comment: readonly string[]
}

interface GoPackage {
  readonly types: Map<string, GoType>
  readonly imports: Map<string, string>
  readonly constants: GoConstant[]
}

/** A document's part of the table. */
interface Rows {
  /** By definition: the text of the type, then of its fields in bytewise order, by number; 0 is none. */
  readonly texts: Record<string, string>
  /** By definition and field: what the field refers to although podsim takes it for anything. */
  readonly anything: Record<string, Record<string, string>>
  /** By definition and field: all values that the field may have. */
  readonly enums: Record<string, Record<string, readonly string[]>>
}

const [outFile, ...sources] = process.argv.slice(2)
if (outFile === undefined || sources.length === 0 || sources.length % 3 !== 0)
  throw new Error('usage: generate-descriptions <out.ts> (<name> <openapi.json> <go root>)...')

const texts: string[] = ['']
const numbers = new Map([['', 0]])

function numberOf(text: string): number {
  const known = numbers.get(text)
  if (known !== undefined) return known
  numbers.set(text, texts.length)
  return texts.push(text) - 1
}

/** Source: pkg/generators/openapi.go, generateDescription. */
function description(comment: readonly string[]): string {
  let text = ''
  for (const given of comment) {
    if (given === '---') break
    const line = given.replace(/ +$/, '')
    const leading = line.replace(/^ +/, '')
    if (line === '') text = `${text.slice(0, -1)}\n\n`
    else if (leading.startsWith('TODO') || leading.startsWith('+')) continue
    else if (/^[ \t]/.test(line)) text = `${text.slice(0, -1)}\n${line}\n`
    else text += `${line} `
  }
  return text.trim()
}

/** Source: go/ast, CommentGroup.Text: directives are no text, blank lines stand alone and not at the ends. */
function commentText(lines: readonly string[]): readonly string[] {
  const kept = lines.filter((line) => !/^[a-z0-9]+:[a-z0-9]/.test(line)).map((line) => line.replace(/^ /, '').trimEnd())
  const text = kept
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
    .replace(/\n{3,}/g, '\n\n')
  return text === '' ? [] : text.split('\n')
}

function parseFile(source: string, into: GoPackage): void {
  let comment: string[] = []
  let fields: GoField[] | undefined
  let constantType = ''
  for (const line of source.replace(/\/\*[\s\S]*?\*\//g, '').split('\n')) {
    const said = /^\s*\/\/(.*)$/.exec(line)
    if (said !== null) {
      comment.push(said[1] ?? '')
      continue
    }
    const about = commentText(comment)
    comment = []
    const imported = /^\s*(?:import\s+)?(\w+)?\s*"([\w./-]+)"$/.exec(line)
    if (imported !== null) into.imports.set(imported[1] ?? imported[2]?.split('/').pop() ?? '', imported[2] ?? '')
    const [, name, form = ''] = /^type (\w+) (.+)$/.exec(line) ?? []
    if (name !== undefined) {
      fields = form === 'struct {' ? [] : undefined
      into.types.set(name, { comment: about, fields: fields ?? [] })
      continue
    }
    if (line === '}') fields = undefined
    const field = /^\s*(?:\w+\s+)?([\w.*[\]{}]+)\s+`[^`]*?json:"([^",]*)[^`]*`/.exec(line)
    if (field !== null && fields !== undefined)
      fields.push({ comment: about, type: field[1] ?? '', json: field[2] ?? '' })
    const constant = /^(?:const |\t)(\w+)(?: +(\w+))? += +(?:(\w+)\()?"([^"]*)"\)?/.exec(line)
    if (constant !== null) {
      const [, constantName = '', typed, converted, value = ''] = constant
      constantType = typed ?? converted ?? constantType
      into.constants.push({ name: constantName, type: typed ?? converted ?? '', value, comment: about })
    }
  }
}

/** Descriptions of one OpenAPI document. */
function rowsOf(openApiFile: string, goRoot: string): Rows {
  const api = JSON.parse(readFileSync(openApiFile, 'utf8')) as OpenApi // as recorded
  const packages = new Map<string, GoPackage>()
  const packageAt = (path: string): GoPackage => {
    const known = packages.get(path)
    if (known !== undefined) return known
    const made: GoPackage = { types: new Map(), imports: new Map(), constants: [] }
    packages.set(path, made)
    const folder = join(goRoot, path)
    for (const file of existsSync(folder) ? readdirSync(folder) : [])
      if (file.endsWith('.go') && !file.endsWith('_test.go') && !/generated|zz_/.test(file))
        parseFile(readFileSync(join(folder, file), 'utf8'), made)
    return made
  }
  const ownerOf = (type: string, path: string): readonly [path: string, name: string] => {
    const [qualifier = '', name] = type.replace(/^\*/, '').split('.')
    if (name === undefined) return [path, qualifier]
    return [packageAt(path).imports.get(qualifier) ?? qualifier, name]
  }
  const fieldsOf = (path: string, name: string): readonly (GoField & { readonly path: string })[] =>
    (packageAt(path).types.get(name)?.fields ?? []).flatMap((field) =>
      field.json === '' ? fieldsOf(...ownerOf(field.type, path)) : [{ ...field, path }],
    )
  /** The values of a type that is marked as an enumeration. */
  const enumOf = (type: string, path: string): readonly GoConstant[] => {
    const [owner, name] = ownerOf(type, path)
    if (
      !packageAt(owner)
        .types.get(name)
        ?.comment.some((line) => line.trim() === '+enum')
    )
      return []
    return packageAt(owner).constants.filter((one) => one.type === name)
  }
  const rows: Rows = { texts: {}, anything: {}, enums: {} }
  for (const name of Object.keys(api.definitions).sort()) {
    const parts = name.split('.')
    const type = parts.pop() ?? ''
    const path = `k8s.io/${parts.slice(2).join('/')}`
    const known = new Map(fieldsOf(path, type).map((field) => [field.json, field]))
    const properties = api.definitions[name]?.properties ?? {}
    const row = [numberOf(description(packageAt(path).types.get(type)?.comment ?? []))]
    for (const json of Object.keys(properties).sort()) {
      const field = known.get(json)
      const values = field === undefined ? [] : enumOf(field.type, field.path)
      row.push(numberOf(field === undefined ? '' : description([...field.comment, ...enumLines(values)])))
      if (values.length > 0) {
        rows.enums[name] ??= {}
        rows.enums[name][json] = [...new Set(values.map(({ value }) => value))].sort()
      }
      const anything = unnamed(properties[json] ?? {}, api)
      if (anything !== undefined) {
        rows.anything[name] ??= {}
        rows.anything[name][json] = anything
      }
    }
    while (row.at(-1) === 0) row.pop()
    if (row.length > 0) rows.texts[name] = row.map((number) => (number === 0 ? '' : number.toString(36))).join(' ')
  }
  return rows
}

/** Source: pkg/generators/enum.go, DescriptionLines and Description. */
function enumLines(values: readonly GoConstant[]): readonly string[] {
  if (values.length === 0) return []
  const unique = new Map<string, GoConstant>()
  for (const one of values) {
    const known = unique.get(one.value)
    if (known === undefined || one.comment.join(' ').length > known.comment.join(' ').length) unique.set(one.value, one)
  }
  const lines = [...unique.values()].map(({ name, value, comment }) => {
    const text = comment.join(' ').trim()
    const rest = (text.startsWith(name) ? text.slice(name.length) : text).trim().replace(/\s+/g, ' ')
    return ` - \`${JSON.stringify(value)}\` ${rest}`
  })
  return ['', 'Possible enum values:', ...lines.sort()]
}

/** What a field or its items refer to when that has no fields of its own and is no scalar of a name. */
function unnamed(field: OpenApiField, api: OpenApi): string | undefined {
  const inner = field.items ?? field.additionalProperties
  if (inner !== undefined) return unnamed(inner, api)
  const name = field.$ref?.slice('#/definitions/'.length)
  if (name === undefined || /\.(Quantity|IntOrString|Time|MicroTime)$/.test(name)) return undefined
  return api.definitions[name]?.properties === undefined ? name : undefined
}

const documents: Record<string, Rows> = {}
for (let at = 0; at < sources.length; at += 3) {
  const [name = '', openApiFile = '', goRoot = ''] = sources.slice(at, at + 3)
  documents[name] = rowsOf(openApiFile, goRoot)
}
const table = JSON.stringify({ texts, documents })
  .replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  .replaceAll('\\', '\\\\')
  .replaceAll('`', '\\`')
  .replaceAll('${', '\\${')
writeFileSync(
  outFile,
  `// Generated by scripts/generate-descriptions.ts from the comments of Kubernetes' Go types. Do not edit.\n` +
    `/** A function, so that the text is only made when somebody asks. */\nexport const table = () => \`${table}\`\n`,
)
