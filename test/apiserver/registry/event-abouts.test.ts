import { expect, test } from 'vitest'
import { Abouts } from '../../../src/apiserver/registry/event-abouts.ts'
import { PartReference } from '../../../src/client/event-row.ts'

const whole = {
  kind: 'Pod',
  namespace: 'a',
  name: 'p',
  uid: 'u-1',
  apiVersion: 'v1',
  resourceVersion: '7',
}
const { resourceVersion: _, ...unversioned } = whole

test('R2 what an event is about is read as it was written, down to the order of members', () => {
  const all = [
    whole,
    { ...whole, resourceVersion: '2147483647' },
    { ...whole, fieldPath: 'spec.containers{c}' },
    unversioned,
    { kind: 'Node', namespace: '', name: 'n', uid: 'n' },
    {},
    // None of a recorder's: kept as they are.
    { ...whole, resourceVersion: '007' },
    { ...whole, resourceVersion: '2147483648' },
    { name: 'p', kind: 'Pod' },
    { ...whole, more: 'x' },
  ]
  const abouts = new Abouts(new Int32Array(16 * 3), { columns: 3, version: 1, form: 2 })
  for (const [index, about] of all.entries()) abouts.write(index, about)
  abouts.write(all.length, new PartReference(whole, 'spec.containers{d}'))
  const read = (index: number) => JSON.stringify(abouts.read(index))
  expect(all.map((_about, index) => read(index))).toEqual(all.map((about) => JSON.stringify(about)))
  expect(read(all.length)).toBe(JSON.stringify({ ...whole, fieldPath: 'spec.containers{d}' }))
  expect(all.map((_about, index) => [abouts.nameOf(index), abouts.namespaceOf(index)])).toEqual(
    all.map((about) => [Reflect.get(about, 'name'), Reflect.get(about, 'namespace')]),
  )
})
