import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isAtomicDefinition, isAtomicField } from '../../../src/api/ownership/atomic-maps.ts'
import { compare } from '../../../src/api/ownership/compare.ts'
import {
  difference,
  type FieldSet,
  fieldSetFrom,
  fieldSetOf,
  fieldsV1Of,
  intersection,
  pathsOf,
  pathText,
  recursiveDifference,
  union,
} from '../../../src/api/ownership/field-set.ts'
import { shapeOfKind } from '../../../src/api/ownership/shapes.ts'
import { mergeTyped } from '../../../src/api/ownership/typed.ts'
import { typedError } from '../../../src/api/ownership/validate-typed.ts'

const pod = shapeOfKind({ group: '', version: 'v1', kind: 'Pod' }, 36)
const service = shapeOfKind({ group: '', version: 'v1', kind: 'Service' }, 36)

const path = fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1'), { minLength: 1, maxLength: 3 })
const sets = fc.array(path, { maxLength: 6 }).map((paths) => fieldSetOf(...paths))
const texts = (set: FieldSet) => [...pathsOf(set)].map((found) => found.join(' ')).sort()

describe('sets of fields', () => {
  test('are what fieldsV1 holds of them', () => {
    fc.assert(
      fc.property(sets, (set) => {
        const back = fieldSetFrom(JSON.parse(JSON.stringify(fieldsV1Of(set))))
        expect(texts(back ?? fieldSetOf())).toEqual(texts(set))
      }),
    )
    expect(fieldSetFrom({ 'x:a': {} })).toBeUndefined()
    expect(fieldSetFrom({ 'k:nonsense': {} })).toBeUndefined()
  })

  test('are joined, cut and taken from each other path by path', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const [left, right] = [texts(a), texts(b)]
        expect(texts(union(a, b))).toEqual([...new Set([...left, ...right])].sort())
        expect(texts(intersection(a, b))).toEqual(left.filter((each) => right.includes(each)))
        expect(texts(difference(a, b))).toEqual(left.filter((each) => !right.includes(each)))
        const isBelow = (each: string) => right.some((other) => each === other || each.startsWith(`${other} `))
        expect(texts(recursiveDifference(a, b))).toEqual(left.filter((each) => !isBelow(each)))
      }),
    )
  })

  test('a path reads as in conflicts', () => {
    expect(pathText(['f:spec', 'f:ports', 'k:{"port":80,"protocol":"TCP"}', 'f:name'])).toBe(
      '.spec.ports[port=80,protocol="TCP"].name',
    )
    expect(pathText(['f:metadata', 'f:finalizers', 'v:"a/b"'])).toBe('.metadata.finalizers[="a/b"]')
  })
})

test('what is one piece is what the recorded structure says', () => {
  interface Found {
    readonly 'x-kubernetes-map-type'?: string
    readonly properties?: Readonly<Record<string, Found>>
  }
  const file = new URL('../../fixtures/vectors/openapi/v1.35.json', import.meta.url)
  const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Record<string, Found> } // as recorded
  const wrong = Object.entries(definitions).flatMap(([name, definition]) => {
    const isAtomic = (found: Found) => found['x-kubernetes-map-type'] === 'atomic'
    const fields = Object.entries(definition.properties ?? {})
    return [
      ...(isAtomicDefinition(name, 36) === isAtomic(definition) ? [] : [name]),
      ...fields.filter(([field, found]) => isAtomicField(name, field, 36) !== isAtomic(found)).map(([f]) => [name, f]),
    ]
  })
  expect(wrong).toEqual([])
  expect(isAtomicDefinition('io.k8s.api.core.v1.SecretKeySelector', 18)).toBe(false)
  expect(isAtomicDefinition('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector', 20)).toBe(true)
})

describe('comparing', () => {
  const changes = (before: object, after: object) => {
    const { removed, modified, added } = compare(pod, before, after)
    const shown = (set: FieldSet) => [...pathsOf(set)].map(pathText)
    return { removed: shown(removed), modified: shown(modified), added: shown(added) }
  }
  const container = (name: string, more: object = {}) => ({ name, image: 'i', resources: {}, ...more })

  test('items of a list are told by their keys, atomic lists and structs are one piece', () => {
    const key = { secretKeyRef: { name: 's', key: 'k' } }
    expect(
      changes(
        { spec: { containers: [container('a', { args: ['1'] }), container('b')] } },
        {
          spec: {
            containers: [container('b', { env: [{ name: 'E', valueFrom: key }] }), container('a', { args: ['2'] })],
          },
        },
      ),
    ).toEqual({
      removed: [],
      modified: ['.spec.containers[name="a"].args'],
      added: [
        '.spec.containers[name="b"].env',
        '.spec.containers[name="b"].env[name="E"]',
        '.spec.containers[name="b"].env[name="E"].name',
        '.spec.containers[name="b"].env[name="E"].valueFrom',
        '.spec.containers[name="b"].env[name="E"].valueFrom.secretKeyRef',
      ],
    })
  })

  test('fields that Go always writes are there on both sides, empty ones that it leaves out on none', () => {
    const { added } = changes(
      {},
      { metadata: { name: 'p', labels: {} }, spec: { containers: [{ name: 'a' }] }, status: {} },
    )
    expect(added).toEqual([
      '.metadata.name',
      '.spec.containers[name="a"]',
      '.spec.containers[name="a"].name',
      '.spec.containers[name="a"].resources',
    ])
  })

  test('an item that comes twice is told as one', () => {
    const twice = { spec: { containers: [container('a'), container('a', { image: 'j' })] } }
    expect(changes({ spec: { containers: [container('a')] } }, twice).added).toEqual(['.spec.containers[name="a"]'])
    expect(changes(twice, { spec: { containers: [container('a')] } }).removed).toEqual(['.spec.containers[name="a"]'])
  })
})

test('a merge keeps the order of the list, and puts new items where the configuration has them', () => {
  const named = (...names: string[]) => ({ spec: { containers: names.map((name) => ({ name })) } })
  const merged = (live: object, config: object) =>
    (mergeTyped(pod, live, config) as ReturnType<typeof named>).spec.containers.map(({ name }) => name).join('') // the shape of what goes in
  expect(merged(named('a', 'b', 'c'), named('b'))).toBe('abc')
  expect(merged(named('a', 'b', 'c'), named('c', 'a'))).toBe('bca')
  expect(merged(named('a', 'b'), named('x', 'b', 'y'))).toBe('axby')
})

test('a configuration is held to its types, in the library’s own words', () => {
  expect(typedError(pod, { metadata: { labels: { a: true } }, spec: { containers: {} }, spek: 1 })).toBe(
    [
      'errors:',
      '  .metadata.labels.a: expected string, got &value.valueUnstructured{Value:true}',
      '  .spec.containers: expected list, got &{map[]}',
      '  .spek: field not declared in schema',
    ].join('\n'),
  )
  expect(typedError(pod, { spec: { containers: [{ name: 'a' }, { name: 'a' }] } })).toBe(
    '.spec.containers: duplicate entries for key [name="a"]',
  )
  expect(typedError(pod, { spec: { containers: [{ image: 'x' }] } })).toContain('omits all key fields ["name"]')
  // The protocol of a port has a default, which counts as its key.
  expect(typedError(service, { spec: { ports: [{ port: 1 }, { port: 1, protocol: 'TCP' }] } })).toBe(
    '.spec.ports: duplicate entries for key [port=1,protocol="TCP"]',
  )
})
