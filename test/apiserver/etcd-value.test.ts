import { expect, test } from 'vitest'
import { etcdSecretValue } from '../../src/apiserver/etcd-value.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'mysecret', namespace: 'default', uid: 'u', creationTimestamp: '2020-05-01T00:00:00Z' },
  type: 'Opaque',
  data: { password: Buffer.from('s3cr3t').toString('base64') },
}

test('S6 etcd holds a Secret in plain text behind the protobuf magic', () => {
  const value = Buffer.from(etcdSecretValue(secret))
  expect(value.subarray(0, 4)).toEqual(Buffer.from('k8s\0'))
  // The first field of the envelope: version and kind, as the real encoding writes them.
  expect(value.subarray(4, 18)).toEqual(Buffer.from('\x0a\x0c\x0a\x02v1\x12\x06Secret'))
  expect(value.toString('latin1')).toContain('\x12\x12\x0a\x08password\x12\x06s3cr3t')
})

test('S6 with a provider etcd holds its prefix and nothing readable', () => {
  const random = createRandomStreams('S6').stream('etcd')
  const value = Buffer.from(etcdSecretValue(secret, { by: { provider: 'aescbc', keyName: 'key1' }, random }))
  expect(value.toString('latin1').startsWith('k8s:enc:aescbc:v1:key1:')).toBe(true)
  expect(value.toString('latin1')).not.toContain('s3cr3t')
})
