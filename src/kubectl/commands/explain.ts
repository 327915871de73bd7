import { type Definition, type FieldType, schemaOf } from '../../api/schema/schema.ts'
import { compareBytes } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failUsage } from '../cli/failure.ts'
import { bool, string } from '../cli/flags.ts'
import { serverMinor } from '../resource/server-version.ts'

/** Source: kubectl pkg/cmd/explain/explain.go, pkg/explain. */
export const explainCommand: Command = {
  name: 'explain',
  short: 'Documentation of resources',
  flags: [bool('recursive'), string('api-version'), string('output', undefined, 'plaintext')],
  run: explain,
}

/** What stands where a real server would send its documentation. */
const noDescription = '(podsim knows the fields and their types, not the descriptions of the API)'

function explain(call: Call): number {
  const { session, args, flags } = call
  const [target] = args
  if (target === undefined) {
    const text =
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.'
    if (session.version.mistakesWithoutUsage) fail(text)
    failUsage(call.path, `${text}\n`)
  }
  if (args.length > 1) failUsage(call.path, 'We accept only this format: explain RESOURCE\n')
  const [type = '', ...path] = (target ?? '').split('.')
  const mapping = session.discovery.find(type)
  const definition = schemaOf(serverMinor(session)).kind({
    group: mapping.group,
    version: mapping.version,
    kind: mapping.kind,
  })
  if (definition === undefined)
    return fail(`Couldn't find resource for ${goQuote(`${mapping.group}/${mapping.version}, Kind=${mapping.kind}`)}`)
  const found = walk(definition, path)
  const version = mapping.group === '' ? mapping.version : `${mapping.group}/${mapping.version}`
  session.out(`KIND:     ${mapping.kind}\nVERSION:  ${version}\n\n`)
  const last = path.at(-1)
  const inner = found === undefined ? definition : definitionOf(found)
  if (last !== undefined && found !== undefined) {
    session.out(`${inner === undefined ? 'FIELD:   ' : 'RESOURCE:'} ${last} <${typeName(found)}>\n\n`)
  }
  session.out(`DESCRIPTION:\n     ${noDescription}\n`)
  if (inner === undefined) return 0
  session.out('\nFIELDS:\n')
  writeFields(call, inner, 1, flags.bool('recursive'), [])
  return 0
}

function walk(definition: Definition, path: readonly string[]): FieldType | undefined {
  let here: Definition | undefined = definition
  let type: FieldType | undefined
  for (const name of path) {
    const field = here?.fields.get(name)
    if (field === undefined) return fail(`field ${goQuote(name)} does not exist`)
    type = field.type
    here = definitionOf(type)
  }
  return type
}

function definitionOf(type: FieldType): Definition | undefined {
  if (type.kind === 'object') return type.definition
  if (type.kind === 'list') return definitionOf(type.items)
  return type.kind === 'map' ? definitionOf(type.values) : undefined
}

/** Source: pkg/explain/typename.go. */
function typeName(type: FieldType): string {
  switch (type.kind) {
    case 'object':
      return 'Object'
    case 'list':
      return `[]${typeName(type.items)}`
    case 'map':
      return `map[string]${typeName(type.values)}`
    case 'scalar':
      return type.scalar.startsWith('int') && type.scalar !== 'intOrString' ? 'integer' : scalarName(type.scalar)
  }
}

function scalarName(scalar: string): string {
  if (scalar === 'boolean') return 'boolean'
  if (scalar === 'double') return 'number'
  return scalar === 'any' ? 'Object' : 'string'
}

function writeFields(
  call: Call,
  definition: Definition,
  level: number,
  recursive: boolean,
  above: readonly string[],
): void {
  const fields = [...definition.fields.values()].sort((a, b) => compareBytes(a.name, b.name))
  for (const field of fields) {
    const required = field.required && !recursive ? ' -required-' : ''
    call.session.out(`${'   '.repeat(level)}${field.name}\t<${typeName(field.type)}>${required}\n`)
    if (!recursive) call.session.out(`     ${noDescription}\n\n`)
    const inner = definitionOf(field.type)
    if (recursive && inner !== undefined && !above.includes(inner.name))
      writeFields(call, inner, level + 1, true, [...above, inner.name])
  }
}
