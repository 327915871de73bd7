import { expect, test } from 'vitest'
import { applyJsonPatch } from '../../../src/api/patch/json-patch.ts'
import { applyMergePatch, createMergePatch } from '../../../src/api/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '../../../src/api/patch/strategic-merge-patch.ts'
import { schemaOf } from '../../../src/api/schema/schema.ts'

const podSpec = schemaOf(18).definition('io.k8s.api.core.v1.PodSpec')
const spec = (value: object, patch: object) => applyStrategicMergePatch(value as never, patch as never, podSpec)

test('C9 lists with a merge key merge by it, in the order of the patch', () => {
  const original = {
    containers: [
      { name: 'a', image: '1' },
      { name: 'b', image: '1' },
    ],
  }
  expect(spec(original, { containers: [{ name: 'b', image: '2' }] })).toEqual({
    containers: [
      { name: 'a', image: '1' },
      { name: 'b', image: '2' },
    ],
  })
  expect(spec(original, { containers: [{ name: 'a', $patch: 'delete' }] })).toEqual({
    containers: [{ name: 'b', image: '1' }],
  })
  expect(spec(original, { containers: [{ $patch: 'replace' }, { name: 'c' }] })).toEqual({
    containers: [{ name: 'c' }],
  })
})

test('C9 $setElementOrder puts the elements in order, $retainKeys drops the other members', () => {
  const original = { containers: [{ name: 'a' }, { name: 'b' }] }
  const order = {
    '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }, { name: 'a' }],
    containers: [{ name: 'c' }],
  }
  expect(spec(original, order)).toEqual({ containers: [{ name: 'c' }, { name: 'b' }, { name: 'a' }] })
  const volumes = { volumes: [{ name: 'v', secret: { secretName: 's' } }] }
  const other = { volumes: [{ name: 'v', emptyDir: {}, $retainKeys: ['name', 'emptyDir'] }] }
  expect(spec(volumes, other)).toEqual({ volumes: [{ name: 'v', emptyDir: {} }] })
})

test('C9 primitive lists of a merge field grow at their head, and lose what $deleteFromPrimitiveList names', () => {
  const meta = schemaOf(18).definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')
  const original = { finalizers: ['a', 'b'] }
  expect(applyStrategicMergePatch(original, { finalizers: ['c'] }, meta)).toEqual({ finalizers: ['c', 'a', 'b'] })
  expect(applyStrategicMergePatch(original, { '$deleteFromPrimitiveList/finalizers': ['a'] }, meta)).toEqual({
    finalizers: ['b'],
  })
})

test('corrections: a JSON patch replaces a missing key, and ignores what stands before the first slash', () => {
  expect(applyJsonPatch({ data: {} }, [{ op: 'replace', path: '/data/a', value: 'x' }])).toEqual({ data: { a: 'x' } })
  expect(applyJsonPatch({ data: { a: 1 } }, [{ op: 'remove', path: 'x/data/a' }])).toEqual({ data: {} })
  expect(() => applyJsonPatch({}, [{ op: 'remove', path: '/a' }])).toThrow('Unable to remove nonexistent key: a')
})

test('C9 a merge patch made of two objects turns one into the other', () => {
  const [before, after] = [
    { a: 1, b: { c: 2, d: 3 } },
    { b: { c: 4 }, e: [1] },
  ]
  expect(createMergePatch(before, after)).toEqual({ a: null, b: { c: 4, d: null }, e: [1] })
  expect(applyMergePatch(before, createMergePatch(before, after))).toEqual(after)
})
