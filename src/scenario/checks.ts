import type { Document } from 'yaml'
import { discoveryOf } from '../api/schema/discovery.ts'
import { controlPlaneClient } from '../cluster/pattern-faults.ts'
import { controllersOf } from '../controllers/registry.ts'
import { formatDuration } from '../sim/duration.ts'
import { closest } from '../sim/input/closest.ts'
import { millisecondsOf } from '../sim/input/formats.ts'
import { type Reference, referencesIn } from '../sim/input/references.ts'
import { listed, quoted } from '../sim/input/words.ts'
import { resolveFeatureGates } from '../versions/feature-gates.ts'
import { minorOf } from '../versions/version.ts'
import type { StepSource } from './actions.ts'
import { absolutePathsIn } from './beside.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { ExpectationSource } from './expect/subjects.ts'
import { valueRange, type YamlPath } from './positions.ts'
import { type ScenarioSource, scenarioSchema } from './schema.ts'

/** What can be known of a scenario without running it, once its shape is right: names and times. */

interface Known {
  readonly document: Document
  readonly text: string
  readonly file: string
}

/** Names of nodes, controllers, kinds and resources that a scenario refers to and that there are not. */
export function referenceErrors(source: ScenarioSource, { document, text, file }: Known): readonly Diagnostic[] {
  const found = referencesIn(scenarioSchema, source)
  if (found.length === 0) return []
  const names = namesOf(source)
  // Whoever defines kinds of their own may name them: only the run knows.
  const hasOwnKinds = /CustomResourceDefinition|customresourcedefinition|\bcrds?\b/.test(text)
  return found.flatMap((reference) => {
    const known = names[reference.to]
    const name = nameOf(reference)
    if (name === undefined || known.has(name.toLowerCase()) || (hasOwnKinds && isOfTheApi(reference))) return []
    const range = valueRange(document, reference.path)
    const meant = closest(name, [...known.values()])
    const expected = known.size > 40 ? `a ${words[reference.to]} of this version` : listed([...known.values()])
    return [
      {
        code: 'BAD_REFERENCE',
        message: `there is no ${words[reference.to]} ${quoted(name)}; expected ${expected === '' ? 'none' : expected}`,
        file,
        range,
        ...(meant === undefined ? {} : { suggestion: quoted(reference.name.replace(name, meant)) }),
      } as const,
    ]
  })
}

function isOfTheApi({ to }: Reference): boolean {
  return to === 'objectKind' || to === 'resource' || to === 'resourceName'
}

const words = {
  node: 'node',
  controller: 'controller',
  objectKind: 'kind',
  resource: 'resource',
  resourceName: 'resource',
  client: 'client of the API server',
} as const

/** The part of a reference that names something; undefined if it leaves that open. */
function nameOf({ to, name }: Reference): string | undefined {
  if (to === 'objectKind') return name.includes('/') ? name.slice(0, name.indexOf('/')) : name
  if (to === 'resource') return name.includes('/') ? name.slice(0, name.indexOf('/')) : undefined
  return name
}

/** Known names as they are looked for, with what they are called. */
type Names = Readonly<Record<Reference['to'], ReadonlyMap<string, string>>>

/** Kinds and resources of minor versions: tables that are made once. */
const namesOfApi = new Map<number, Pick<Names, 'objectKind' | 'resource' | 'resourceName'>>()

function apiNames(minor: number) {
  const known = namesOfApi.get(minor)
  if (known !== undefined) return known
  const { resources } = discoveryOf(minor)
  const kinds = resources.flatMap(({ kind, resource, group, shortNames }) => [
    [kind.toLowerCase(), kind.toLowerCase()],
    [resource, resource],
    [`${resource}.${group}`, `${resource}.${group}`],
    ...shortNames.map((short) => [short, short]),
  ]) as readonly (readonly [string, string])[]
  const plurals = same(resources.map(({ resource }) => resource))
  const made = { objectKind: new Map(kinds), resource: plurals, resourceName: plurals }
  namesOfApi.set(minor, made)
  return made
}

function same(each: readonly string[]): ReadonlyMap<string, string> {
  return new Map(each.map((name) => [name.toLowerCase(), name]))
}

/** Nodes, controllers, kinds and resources that the cluster of a scenario has. */
export function namesOf({ cluster = {} }: Pick<ScenarioSource, 'cluster'>): Names {
  const { nodes = 1, version = 'v1.18', featureGates = {} } = cluster
  const minor = minorOf(version)
  const nodeNames =
    typeof nodes === 'number' ? Array.from({ length: nodes }, (_, i) => `node-${i + 1}`) : nodes.map(({ name }) => name)
  const switched = Object.fromEntries(Object.entries(featureGates).filter(([, on]) => on !== undefined))
  return {
    ...apiNames(minor),
    node: same(nodeNames),
    client: same([...nodeNames, controlPlaneClient]),
    // Few scenarios name one.
    get controller() {
      return same(controllersOf(minor, resolveFeatureGates(minor, switched)).map(([name]) => name))
    },
  }
}

/** Steps and expectations whose time lies before what stands above them takes at least. */
export function timeErrors({ steps }: ScenarioSource, { document, file }: Known): readonly Diagnostic[] {
  const errors: Diagnostic[] = []
  let earliest = 0
  const come = (to: string, path: YamlPath, what: string): void => {
    if (millisecondsOf(to) < earliest) {
      const message = `${what} is at ${to}, but what stands above it takes until ${formatDuration(earliest)} at least`
      errors.push({ code: 'BAD_VALUE', message, file, range: valueRange(document, path) })
    }
    earliest = Math.max(earliest, millisecondsOf(to))
  }
  for (const [i, step] of steps.entries()) {
    const path: YamlPath = ['steps', i]
    if (step.at !== undefined) come(step.at, [...path, 'at'], 'the step')
    if (step.after !== undefined) earliest += millisecondsOf(step.after)
    if ('wait' in step && typeof step.wait === 'string') earliest += millisecondsOf(step.wait)
    for (const { expectation, at } of expectationsOf(step, path)) {
      const { at: time, by, exactly, always, never } = expectation
      if (time !== undefined) come(time, [...at, 'at'], 'the expectation')
      if (exactly !== undefined) come(exactly, [...at, 'exactly'], 'the expectation')
      // It may hold before: then nothing is waited for.
      if (by !== undefined && millisecondsOf(by) < earliest) come(by, [...at, 'by'], 'the expectation')
      earliest += millisecondsOf(always ?? never ?? 0)
    }
  }
  return errors
}

/** Every expectation of a step, in the order in which they are judged, with its path. */
function expectationsOf(step: StepSource, path: YamlPath) {
  const { expect = [] } = step
  const waited =
    'wait' in step && typeof step.wait === 'object' ? [{ expectation: step.wait, at: [...path, 'wait'] }] : []
  const list = Array.isArray(expect)
    ? // As the schema has it: a list of expectations, or one.
      (expect as readonly ExpectationSource[]).map((expectation, k) => ({ expectation, at: [...path, 'expect', k] }))
    : [{ expectation: expect as ExpectationSource, at: [...path, 'expect'] }] // the schema's other form
  return [...waited, ...list]
}

/** Warnings of absolute paths in commands: nothing of the disk is there. */
export function absolutePaths({ steps }: ScenarioSource, { document, file }: Known): readonly Diagnostic[] {
  return steps.flatMap((step, i) => {
    const [key, line] =
      'kubectl' in step && step.kubectl !== undefined
        ? ['kubectl', step.kubectl]
        : 'run' in step && step.run !== undefined
          ? ['run', step.run]
          : ['', '']
    return absolutePathsIn(line).map(({ path, hint }) => {
      const message = `${quoted(path)} is an absolute path: ${hint}`
      return { code: 'MISSING_FILE', message, file, range: valueRange(document, ['steps', i, key]) } as const
    })
  })
}
