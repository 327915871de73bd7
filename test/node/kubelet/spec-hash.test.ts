import { expect, test } from 'vitest'
import { specHash } from '../../../src/node/kubelet/pods/spec-hash.ts'

test('a container has the same hash in whatever order its members stand, and another one when a value differs', () => {
  const env = [{ name: 'A', value: '1' }]
  const created = specHash({ name: 'c', image: 'nginx', env, resources: {}, imagePullPolicy: 'Always' })
  const patched = specHash({
    imagePullPolicy: 'Always',
    resources: {},
    env: [{ value: '1', name: 'A' }],
    image: 'nginx',
    name: 'c',
  })
  expect(patched).toBe(created)
  expect(specHash({ name: 'c', image: 'nginx:2', env, resources: {}, imagePullPolicy: 'Always' })).not.toBe(created)
})
