import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { actionNames } from '../src/scenario/actions.ts'
import { commonKeys } from '../src/scenario/expect/subject.ts'
import { subjects } from '../src/scenario/expect/subjects.ts'
import { scenarioShape } from '../src/scenario/json-schema.ts'
import { programNames } from '../src/sim/image-programs.ts'
import { type Shape, tablesOf } from './schema-tables.ts'

/** Writes docs/scenarios.md: the language of scenario files, its tables made from the schema that loads them. */

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(root, 'docs/scenarios.md')

// What zod writes is JSON Schema; of that only what Shape names is read.
const schema = scenarioShape() as Shape
const { table, form, resolved, branchesOf, shapeBehind, mapBehind } = tablesOf(schema)

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
    provisioner: table(mapBehind(cluster, 'provisioners')),
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

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, reference())
