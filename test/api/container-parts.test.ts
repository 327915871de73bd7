import { expect, test } from 'vitest'
import { withPartsInCommon } from '../../src/api/container-parts.ts'

const env = () => [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }]
const mounts = (name: string) => [{ name, mountPath: `/etc/${name}` }]

test('containers of a Pod or a template that are alike have their parts in common, and say what they said', () => {
  const containers = [
    { name: 'a', env: env(), volumeMounts: mounts('db') },
    { name: 'b', env: env(), volumeMounts: mounts('other') },
    { name: 'c', volumeMounts: mounts('other'), resources: {} },
  ]
  const metadata = { name: 'x' }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { template: { spec: { containers } } },
  }
  const [ofPod, ofTemplate] = [withPartsInCommon(pod), withPartsInCommon(deployment)]
  expect(JSON.stringify([ofPod, ofTemplate])).toBe(JSON.stringify([pod, deployment]))
  for (const [a, b, c] of [ofPod.spec.containers, ofTemplate.spec.template.spec.containers]) {
    expect(b?.env).toBe(a?.env)
    expect(b?.volumeMounts).not.toBe(a?.volumeMounts)
    expect(c?.volumeMounts).toBe(b?.volumeMounts)
  }
  expect(withPartsInCommon(ofPod)).toBe(ofPod)
})

test('what has no such containers is left as it is', () => {
  for (const spec of [undefined, {}, { containers: 'two' }, { containers: [null, {}] }, { template: { spec: {} } }]) {
    const object = { apiVersion: 'v1', kind: 'Own', metadata: { name: 'x' }, spec }
    expect(withPartsInCommon(object)).toBe(object)
  }
})
