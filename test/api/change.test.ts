import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { change, withoutValue, withValue } from '../../src/api/change.ts'

const pod = { metadata: { name: 'a', labels: { app: 'x' } }, spec: { containers: [{ name: 'c' }] } }

describe('a change of an API object', () => {
  test('shares what did not change, leaves the object alone, and is the object where nothing did', () => {
    const changed = change(pod, (draft) => {
      draft.metadata.labels.app = 'y'
    })
    expect(changed.metadata.labels.app).toBe('y')
    expect(pod.metadata.labels.app).toBe('x')
    expect(changed.spec).toBe(pod.spec)
    expect(change(pod, () => {})).toBe(pod)
    expect(Object.isFrozen(changed)).toBe(false)
  })

  test('withValue makes what is missing on the way, and does not go into what is no object', () => {
    expect(withValue(pod, ['metadata', 'annotations', 'a'], '1')).toEqual({
      ...pod,
      metadata: { ...pod.metadata, annotations: { a: '1' } },
    })
    expect(withValue({ a: 'text' }, ['a', 'b'], 1)).toEqual({ a: { b: 1 } })
    expect(withValue(null, ['a'], 1)).toEqual({ a: 1 })
    expect(withValue({ a: [1] }, ['a'], 2)).toEqual({ a: 2 })
  })

  test('withoutValue takes away one value, and nothing where the path leads nowhere', () => {
    expect(withoutValue(pod, ['metadata', 'labels', 'app'])).toEqual({ ...pod, metadata: { name: 'a', labels: {} } })
    expect(withoutValue(pod, ['metadata', 'nothing', 'app'])).toEqual(pod)
    expect(Object.keys(withoutValue(pod, ['metadata']))).toEqual(['spec'])
  })

  test('property: what is set is read back, and the object stays as it was', () => {
    const key = fc.constantFrom('a', 'b', 'toString', 'constructor')
    fc.assert(
      fc.property(fc.object({ key, maxDepth: 2 }), fc.array(key, { minLength: 1, maxLength: 3 }), (object, path) => {
        const before = JSON.stringify(object)
        const set = withValue(object, path, 'set')
        expect(path.reduce<unknown>((here, step) => (here as Record<string, unknown>)[step], set)).toBe('set')
        expect(JSON.stringify(object)).toBe(before)
      }),
    )
  })
})
