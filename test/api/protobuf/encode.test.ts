import { expect, test } from 'vitest'
import { decodeProtobuf, openEnvelope } from '../../../src/api/protobuf/decode.ts'
import { encodeProtobuf, inEnvelope } from '../../../src/api/protobuf/encode.ts'
import { deployment, secret } from './recorded.ts'

test.each([
  ['a Secret', 'io.k8s.api.core.v1.Secret', secret],
  ['a Deployment', 'io.k8s.api.apps.v1.Deployment', deployment],
])('%s that kubectl sent is written again byte by byte', (_what, definition, bytes) => {
  const { apiVersion, kind, raw } = openEnvelope(bytes) ?? { apiVersion: '', kind: '', raw: new Uint8Array() }
  const again = encodeProtobuf(definition, decodeProtobuf(definition, raw) ?? {})
  expect(Buffer.from(inEnvelope(apiVersion, kind, again ?? raw)).toString('hex')).toBe(
    Buffer.from(bytes).toString('hex'),
  )
})

test.each([
  ['ResourceRequirements', { limits: { cpu: '100m', memory: '1Gi' } }, 'api.core.v1'],
  ['HTTPGetAction', { port: 'http', path: '/' }, 'api.core.v1'],
  ['HTTPGetAction', { port: 80 }, 'api.core.v1'],
  [
    'Volume',
    { name: 'v', projected: { sources: [{ secret: { name: 'db', items: [{ key: 'a', path: 'b' }] } }] } },
    'api.core.v1',
  ],
  [
    'ControllerRevision',
    { data: { a: [1, null, 'x'] }, revision: 3, metadata: { creationTimestamp: null } },
    'api.apps.v1',
  ],
  ['LeaseSpec', { renewTime: '2020-05-01T00:00:01.250000Z', leaseDurationSeconds: 15 }, 'api.coordination.v1'],
  ['UserInfo', { username: 'jane', extra: { a: ['1', '2'] } }, 'api.authentication.v1'],
  [
    'JSONSchemaProps',
    {
      type: 'object',
      minimum: -0.5,
      additionalProperties: false,
      items: { type: 'string' },
      default: { a: 1 },
      dependencies: { a: ['b'] },
    },
    'apiextensions-apiserver.pkg.apis.apiextensions.v1',
  ],
  [
    'ObjectMeta',
    {
      creationTimestamp: '2020-05-01T00:00:00Z',
      generation: 2,
      deletionGracePeriodSeconds: 0,
      labels: { a: '', b: 'ä' },
      managedFields: [{ manager: 'm', time: '2020-05-01T00:00:00Z', fieldsV1: { 'f:data': {} } }],
    },
    'apimachinery.pkg.apis.meta.v1',
  ],
])('a %s is read again as what it was: %j', (kind, object, group) => {
  const definition = `io.k8s.${group}.${kind}`
  expect(decodeProtobuf(definition, encodeProtobuf(definition, object) ?? new Uint8Array())).toEqual(object)
})

test('what is no pointer is written when it is empty, too, but for what newer versions have no longer', () => {
  const bytes = encodeProtobuf('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', {}) ?? new Uint8Array()
  expect(Buffer.from(bytes).toString('hex')).toBe('0a0012001a0022002a00320038004200')
})
