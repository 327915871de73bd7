import { describe, expect, test } from 'vitest'
import type { Definition } from '../../src/api/schema/schema.ts'
import { schemaOf } from '../../src/api/schema/schema.ts'
import { configurationText, withAnnotation } from '../../src/kubectl/resource/last-applied.ts'
import {
  mergePatchBetween,
  threeWayMergePatch,
  threeWayPatch,
  twoWayPatch,
} from '../../src/kubectl/resource/strategic-diff.ts'
import { validationErrors } from '../../src/kubectl/resource/validation.ts'

const schema = schemaOf(18)

function kind(name: string): Definition {
  const definition = schema.kind({ group: '', version: 'v1', kind: name })
  if (definition === undefined) throw new Error(name)
  return definition
}

describe('C5 facts/kubectl.md 4.1: what apply sends', () => {
  test('the annotation holds the object in one line, annotations even if empty, and a newline', () => {
    const object = { kind: 'Secret', apiVersion: 'v1', metadata: { name: 's' }, stringData: { a: '<' } }
    const text =
      '{"apiVersion":"v1","kind":"Secret","metadata":{"annotations":{},"name":"s"},"stringData":{"a":"\\u003c"}}\n'
    expect(configurationText(object)).toBe(text)
    expect(configurationText(withAnnotation(object))).toBe(text)
  })

  test('what was applied before and is no more is deleted, what others added stays', () => {
    const original = { data: { a: '1', b: '2' } }
    const patch = threeWayPatch(original, { data: { a: '3' } }, { data: { a: '1', b: '2', c: '4' } }, kind('Secret'))
    expect(patch).toEqual({ data: { a: '3', b: null } })
  })

  test('lists with a merge key are compared by it, and tell their order when something was injected', () => {
    const volume = { name: 'foo', secret: { secretName: 's' } }
    const live = {
      spec: { volumes: [{ ...volume, secret: { secretName: 's', defaultMode: 420 } }, { name: 'token' }] },
    }
    expect(threeWayPatch({ spec: { volumes: [volume] } }, { spec: { volumes: [volume] } }, live, kind('Pod'))).toEqual({
      spec: { '$setElementOrder/volumes': [{ name: 'foo' }] },
    })
    const changed = { name: 'foo', configMap: { name: 'c' } }
    expect(threeWayPatch({ spec: { volumes: [volume] } }, { spec: { volumes: [changed] } }, live, kind('Pod'))).toEqual(
      {
        spec: {
          volumes: [{ name: 'foo', configMap: { name: 'c' }, secret: null, $retainKeys: ['configMap', 'name'] }],
          '$setElementOrder/volumes': [{ name: 'foo' }],
        },
      },
    )
  })

  test('a deleted element of such a list is named', () => {
    const before = {
      spec: {
        containers: [
          { name: 'a', image: 'x' },
          { name: 'b', image: 'y' },
        ],
      },
    }
    const after = { spec: { containers: [{ name: 'a', image: 'z' }] } }
    expect(twoWayPatch(before, after, kind('Pod'))).toEqual({
      spec: {
        containers: [
          { name: 'a', image: 'z' },
          { $patch: 'delete', name: 'b' },
        ],
        '$setElementOrder/containers': [{ name: 'a' }],
      },
    })
  })

  test('kinds without a schema are merged as JSON', () => {
    expect(mergePatchBetween({ a: 1, b: { c: 2 } }, { b: { c: 3 } })).toEqual({ a: null, b: { c: 3 } })
    expect(threeWayMergePatch({ a: 1 }, { b: 2 }, { a: 1, x: 9 })).toEqual({ a: null, b: 2 })
  })

  test('a key named __proto__ is a key like others', () => {
    const hostile: unknown = JSON.parse('{"data":{"__proto__":"x"}}')
    expect(JSON.stringify(twoWayPatch({}, hostile, kind('Secret')))).toBe('{"data":{"__proto__":"x"}}')
  })
})

describe('facts/kubectl.md 4.2: validation by the schema', () => {
  test.each([
    [{}, '[apiVersion not set, kind not set]'],
    [
      { apiVersion: 'v1', kind: 'Secret', typ: 'x' },
      'ValidationError(Secret): unknown field "typ" in io.k8s.api.core.v1.Secret',
    ],
    [
      { apiVersion: 'v1', kind: 'Secret', data: { a: ['x'] } },
      'ValidationError(Secret.data.a): invalid type for io.k8s.api.core.v1.Secret.data: got "array", expected "string"',
    ],
    [
      { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ image: 'x' }] } },
      'ValidationError(Pod.spec.containers[0]): missing required field "name" in io.k8s.api.core.v1.Container',
    ],
    [
      { apiVersion: 'v1', kind: 'Pod', spec: { containers: 'x' } },
      'ValidationError(Pod.spec.containers): invalid type for io.k8s.api.core.v1.PodSpec.containers: got "string", expected "array"',
    ],
    [{ apiVersion: 'example.com/v1', kind: 'Unknown', x: 1 }, undefined],
    [
      { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Secret', x: 1 }] },
      'ValidationError(Secret): unknown field "x" in io.k8s.api.core.v1.Secret',
    ],
  ])('%j', (object, error) => {
    expect(validationErrors(object, schema)).toBe(error)
  })
})
