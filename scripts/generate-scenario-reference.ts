import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { expectationSubjects, faultKinds, scenarioSchema, stepActions } from '../src/scenario/schema.ts'
import { programNames } from '../src/sim/image-programs.ts'

/** Writes docs/scenarios.md: the language of scenario files, its tables made from the schema that loads them. */

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(root, 'docs/scenarios.md')

interface Shape {
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

export function reference(): string {
  // What zod writes is JSON Schema; of that only what Shape names is read.
  const scenario = z.toJSONSchema(scenarioSchema) as Shape
  const step = part(scenario, 'steps')
  const cluster = part(scenario, 'cluster')
  const tables: Readonly<Record<string, string>> = {
    scenario: table(scenario),
    step: table(step),
    expectation: table(part(step, 'expect')),
    output: table(part(step, 'output')),
    fault: table(part(step, 'fault')),
    cluster: table(cluster),
    node: table(part(cluster, 'nodes')),
    image: table(part(cluster, 'images')),
    actions: stepActions.map((name) => `\`${name}\``).join(', '),
    subjects: expectationSubjects.map((name) => `\`${name}\``).join(', '),
    faults: faultKinds.map((name) => `\`${name}\``).join(', '),
    programs: programNames.map((name) => `\`${name}\``).join(', '),
  }
  return readFileSync(join(root, 'docs/scenarios.template.md'), 'utf8').replace(
    /\{\{(\w+)\}\}/g,
    (_, name: string) => tables[name] ?? '',
  )
}

/** The map that a key holds, alone, in a list, or among other forms. */
function part(shape: Shape, key: string): Shape {
  const found = mapIn(shape.properties?.[key])
  if (found === undefined) throw new Error(`there is no map behind ${key}`)
  return found
}

function mapIn(shape: Shape | undefined): Shape | undefined {
  if (shape === undefined) return undefined
  if (shape.properties !== undefined) return shape
  return mapIn(shape.items) ?? shape.anyOf?.map(mapIn).find((found) => found !== undefined)
}

/** Keys whose texts are durations and whose descriptions say something else. */
const durations = new Set(['at', 'after', 'for', 'latency', 'within', 'always', 'never', 'atMost', 'atLeast', 'pull'])

function table(shape: Shape): string {
  const rows = Object.entries(shape.properties ?? {}).map(([key, value]) => {
    const isRequired = shape.required?.includes(key) ?? false
    const written = durations.has(key) ? 'duration' : form(value)
    return `| \`${key}\`${isRequired ? ' (required)' : ''} | ${written} | ${value.description ?? ''} |`
  })
  return ['| key | form | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

function form(shape: Shape): string {
  if (shape.enum !== undefined) return shape.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (shape.const !== undefined) return `\`${String(shape.const)}\``
  if (shape.anyOf !== undefined) return [...new Set(shape.anyOf.map(form))].join(' or ')
  if (shape.type === 'array') return `list of ${form(shape.items ?? {})}`
  if (shape.type === 'object') return 'map'
  if (shape.type === 'integer' || shape.type === 'number') return 'number'
  if (shape.type === 'boolean') return '`true` or `false`'
  return shape.description?.startsWith('A duration') === true ? 'duration' : 'text'
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, reference())
