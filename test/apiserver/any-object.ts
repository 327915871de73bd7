import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { discoveryOf, type ResourceInfo } from '../../src/api/schema/discovery.ts'
import { type Definition, type FieldType, type ScalarType, type Schema, schemaOf } from '../../src/api/schema/schema.ts'
import { createControlPlane } from '../../src/cluster/control-plane.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { tries } from '../tries.ts'
import { admin } from './new-api-server.ts'

/** C6: whatever of an object of any kind is missing, null or of a wrong type, the server answers. */

const scalars: Readonly<Record<ScalarType, unknown>> = {
  string: 'x',
  boolean: true,
  int32: 1,
  int64: 1,
  double: 1,
  bytes: 'eA==',
  quantity: '1',
  intOrString: 1,
  time: '2020-01-01T00:00:00Z',
  microTime: '2020-01-01T00:00:00.000000Z',
  any: { a: 'b' },
}

/** A value of a type with one of everything inside, so many levels deep. */
function full(type: FieldType, depth: number): unknown {
  switch (type.kind) {
    case 'scalar':
      return scalars[type.scalar]
    case 'list':
      return [full(type.items, depth)]
    case 'map':
      return { a: full(type.values, depth) }
    case 'object':
      return fullObject(type.definition, depth)
  }
}

function fullObject({ fields }: Definition, depth: number): object {
  if (depth === 0) return {}
  return Object.fromEntries([...fields].map(([name, field]) => [name, full(field.type, depth - 1)]))
}

type Path = readonly (string | number)[]

/** Each place in a value but the whole of it, down to a depth. */
function placesOf(value: unknown, depth: number, path: Path = []): readonly Path[] {
  if (depth === 0 || typeof value !== 'object' || value === null) return []
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return members.flatMap(([name, member]) => {
    const place = [...path, name]
    return [place, ...placesOf(member, depth - 1, place)]
  })
}

const gone = Symbol('gone')

/** The value with another one at a place, or without what is there. */
function changed(value: unknown, [name, ...rest]: Path, to: unknown): unknown {
  if (name === undefined) return to
  const copy: object = Array.isArray(value) ? [...value] : { ...(value as object) } // there are places in it
  const inner = changed(Reflect.get(copy, name), rest, to)
  if (inner === gone) Reflect.deleteProperty(copy, name)
  else Reflect.set(copy, name, inner)
  return copy
}

const wrong: readonly unknown[] = [gone, null, 'x', '', 7, -1, true, [], [null], [{}], {}, { a: null }]

interface Kind {
  readonly path: string
  readonly whole: object
  /** The same, less deep. */
  readonly shallow: object
}

function kindOf({ group, version, resource, kind, namespaced }: ResourceInfo, schema: Schema): readonly Kind[] {
  const definition = schema.kind({ group, version, kind })
  if (definition === undefined) return []
  const apiVersion = group === '' ? version : `${group}/${version}`
  const root = group === '' ? '/api' : '/apis'
  const ofDepth = (depth: number) => ({ ...fullObject(definition, depth), apiVersion, kind, metadata: { name: 'x' } })
  return [
    {
      path: `${root}/${apiVersion}${namespaced ? '/namespaces/default' : ''}/${resource}`,
      whole: ofDepth(4),
      shallow: ofDepth(3),
    },
  ]
}

const methods = ['POST', 'PUT', 'PATCH'] as const

/** Sends objects to a server of a version; gives the code of the answer. */
function sender(minor: number) {
  const kernel = createKernel()
  const { server } = createControlPlane({
    kernel,
    calendar: createCalendar(defaultEpochMs),
    journal: createJournal<ClusterRecord>(kernel, 'off'),
    random: createRandomStreams('test'),
    minor,
    gates: resolveFeatureGates(minor, {}),
    runs: { controllers: false, scheduler: false },
  })
  return (method: (typeof methods)[number], path: string, object: unknown): number => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const to = method === 'POST' ? path : `${path}/x`
    const request = { user: admin, method, path: to, headers: { 'content-type': type }, body: JSON.stringify(object) }
    const answer = server.http(request)
    return 'read' in answer ? 200 : answer.code
  }
}

/** The tests of one version: each place of each kind that the schema knows, and many places drawn. */
export function testAnyObject(minor: number): void {
  describe(`C6 a server of v1.${minor} answers whatever an object of any kind is like`, () => {
    const schema = schemaOf(minor)
    const kinds = discoveryOf(minor)
      .resources.filter(({ verbs }) => verbs.includes('create'))
      .flatMap((info) => kindOf(info, schema))

    test('each member of an object and of its members is missing, or null', () => {
      const send = sender(minor)
      const unanswered: string[] = []
      for (const { path, shallow } of kinds)
        for (const place of placesOf(shallow, 2))
          for (const to of [gone, null])
            if (!(send('POST', path, changed(shallow, place, to)) >= 200))
              unanswered.push(`${path}: ${place.join('.')} is ${String(to)}`)
      expect(unanswered).toEqual([])
    })

    test('anything at any depth is missing, null or of another type', () => {
      const send = sender(minor)
      const any = fc.constantFrom(...kinds)
      fc.assert(
        fc.property(any, fc.nat(), fc.constantFrom(...wrong), fc.constantFrom(...methods), (kind, at, to, method) => {
          const places = placesOf(kind.whole, 9)
          const place = places[at % places.length] ?? []
          expect(send(method, kind.path, changed(kind.whole, place, to))).toBeGreaterThanOrEqual(200)
        }),
        { numRuns: tries(1000), seed: 6 },
      )
    })
  })
}
