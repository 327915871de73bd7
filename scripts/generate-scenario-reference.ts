import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { actionNames } from '../src/scenario/actions.ts'
import { commonKeys } from '../src/scenario/expect/subject.ts'
import { subjects } from '../src/scenario/expect/subjects.ts'
import { scenarioJsonSchema } from '../src/scenario/json-schema.ts'
import { programNames } from '../src/sim/image-programs.ts'

/** Writes docs/scenarios.md: the language of scenario files, its tables made from the schema that loads them. */

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(root, 'docs/scenarios.md')

interface Shape {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Shape>>
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
}

// What zod writes is JSON Schema; of that only what Shape names is read.
const schema = scenarioJsonSchema() as Shape

export function reference(): string {
  const cluster = mapBehind(schema, 'cluster')
  const step = branchesOf(shapeBehind(schema, 'steps').items)
  const faults = branchesOf(schema.$defs?.Fault)
  const tables: Readonly<Record<string, string>> = {
    scenario: table(schema),
    beside: table(step[step.length - 1] ?? {}),
    actions: actionNames.map((name) => `\`${name}\``).join(', '),
    steps: actionNames.map((name) => branchText(name, step, step[step.length - 1])).join('\n\n'),
    output: table(resolved(schema.$defs?.Output)),
    subjects: subjects.map(({ subject }) => `\`${subject}\``).join(', '),
    timing: timingTable(),
    expectations: subjects
      .map(({ subject }) => branchText(subject, branchesOf(schema.$defs?.Expectation), timing))
      .join('\n\n'),
    faults: faultTable(faults),
    cluster: table(cluster),
    node: table(mapBehind(cluster, 'nodes')),
    kubelet: table(mapBehind(cluster, 'kubelet')),
    network: table(mapBehind(cluster, 'network')),
    image: table(mapBehind(cluster, 'images')),
    programs: programNames.map((name) => `\`${name}\``).join(', '),
  }
  return readFileSync(join(root, 'docs/scenarios.template.md'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const made = tables[name]
    if (made === undefined) throw new Error(`the template asks for ${name}`)
    return made
  })
}

/** Keys that every expectation takes. */
const timing: Shape = {
  properties: Object.fromEntries(
    commonKeys.map((key) => [key, branchesOf(schema.$defs?.Expectation)[0]?.properties?.[key] ?? {}]),
  ),
}

function timingTable(): string {
  return table(timing)
}

/** One branch of a choice: what it is known by, and a table of what it takes besides the keys that all take. */
function branchText(head: string, branches: readonly Shape[], common: Shape | undefined): string {
  const [branch] = branches.filter(({ properties }) => properties?.[head] !== undefined)
  if (branch === undefined) throw new Error(`there is no branch ${head}`)
  const own = Object.entries(branch.properties ?? {}).filter(([key]) => common?.properties?.[key] === undefined)
  return `**\`${head}\`**\n\n${table({ ...branch, properties: Object.fromEntries(own) })}`
}

function faultTable(branches: readonly Shape[]): string {
  const rows = branches.map(({ properties = {}, required = [] }) => {
    const [[head, value] = ['', {}], ...others] = Object.entries(properties)
    const written = value.const === undefined ? `\`${head}\`: ${form(value)}` : `\`${head}: ${String(value.const)}\``
    const takes = others.map(([key]) => `\`${key}\`${required.includes(key) ? ' (required)' : ''}`).join(', ')
    return `| ${written} | ${takes} | ${value.description ?? ''} |`
  })
  return ['| accident | takes | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

function resolved(shape: Shape | undefined): Shape {
  const name = /^#\/\$defs\/(.+)$/.exec(shape?.$ref ?? '')?.[1]
  return name === undefined ? (shape ?? {}) : (schema.$defs?.[name] ?? {})
}

function branchesOf(shape: Shape | undefined): readonly Shape[] {
  const found = resolved(shape)
  return (found.anyOf ?? [found]).map(resolved)
}

function shapeBehind(shape: Shape, key: string): Shape {
  const found = shape.properties?.[key]
  if (found === undefined) throw new Error(`there is nothing behind ${key}`)
  return resolved(found)
}

/** The map that a key holds, alone, in a list, or among other forms. */
function mapBehind(shape: Shape, key: string): Shape {
  const found = mapIn(shapeBehind(shape, key))
  if (found === undefined) throw new Error(`there is no map behind ${key}`)
  return found
}

function mapIn(given: Shape | undefined): Shape | undefined {
  const shape = resolved(given)
  if (shape.properties !== undefined) return shape
  if (shape.items !== undefined) return mapIn(shape.items)
  return shape.anyOf?.map(mapIn).find((found) => found !== undefined)
}

function table(shape: Shape): string {
  const rows = Object.entries(shape.properties ?? {}).map(([key, value]) => {
    const isRequired = shape.required?.includes(key) ?? false
    const description = value.description ?? resolved(value).description ?? ''
    return `| \`${key}\`${isRequired ? ' (required)' : ''} | ${form(value)} | ${description} |`
  })
  return ['| key | form | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

function form(given: Shape): string {
  const name = /^#\/\$defs\/(.+)$/.exec(given.$ref ?? '')?.[1]
  if (name !== undefined) return name.toLowerCase()
  const shape = given
  if (shape.enum !== undefined && shape.enum.length > 20) return 'text'
  if (shape.enum !== undefined) return shape.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (shape.const !== undefined) return `\`${String(shape.const)}\``
  if (shape.anyOf !== undefined) return [...new Set(shape.anyOf.map(form))].join(' or ')
  if (shape.type === 'array') return `list of ${form(shape.items ?? {})}`
  if (shape.type === 'object') return 'map'
  if (shape.type === 'integer' || shape.type === 'number') return 'number'
  if (shape.type === 'boolean') return '`true` or `false`'
  // Of all patterns only that of durations has units.
  return shape.pattern?.includes('(ms|s|m|h|d)') === true ? 'duration' : 'text'
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, reference())
