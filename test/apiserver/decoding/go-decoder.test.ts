import { describe, expect, test } from 'vitest'
import { schemaOf } from '../../../src/api/schema/schema.ts'
import { decodeKind } from '../../../src/apiserver/decoding/decode-kind.ts'

function decode(kind: string, text: string, minor = 36) {
  const [group = '', version = '', name = ''] = kind.split('/')
  const definition = schemaOf(minor).kind({ group, version, kind: name })
  if (definition === undefined) throw new Error(`no ${kind}`)
  return decodeKind(text, definition, minor)
}

function errorOf(kind: string, text: string, minor?: number): string {
  const decoded = decode(kind, text, minor)
  return decoded.ok ? 'taken' : decoded.error
}

describe('R2 a value of the wrong type is told as Go tells it (v1.23 on)', () => {
  test.each([
    ['/v1/Secret', '{"stringData":{"a":5}}', 'number into Go struct field Secret.stringData of type string'],
    ['/v1/Secret', '{"data":{"a":true}}', 'bool into Go struct field Secret.data of type []uint8'],
    ['/v1/Secret', '{"type":{}}', 'object into Go struct field Secret.type of type v1.SecretType'],
    ['/v1/Secret', '{"metadata":[]}', 'array into Go struct field Secret.metadata of type v1.ObjectMeta'],
    [
      '/v1/Secret',
      '{"metadata":{"finalizers":"x"}}',
      'string into Go struct field ObjectMeta.metadata.finalizers of type []string',
    ],
    [
      '/v1/Pod',
      '{"spec":{"containers":{}}}',
      'object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      '/v1/Pod',
      '{"spec":{"containers":["x"]}}',
      'string into Go struct field PodSpec.spec.containers of type v1.Container',
    ],
    [
      '/v1/Pod',
      '{"spec":{"nodeSelector":{"a":1}}}',
      'number into Go struct field PodSpec.spec.nodeSelector of type string',
    ],
    [
      '/v1/Pod',
      '{"spec":{"terminationGracePeriodSeconds":1.5}}',
      'number 1.5 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64',
    ],
    [
      '/v1/Pod',
      '{"spec":{"volumes":[{"secret":{"defaultMode":4294967296}}]}}',
      'number 4294967296 into Go struct field SecretVolumeSource.spec.volumes.VolumeSource.secret.defaultMode of type int32',
    ],
    [
      '/v1/Pod',
      '{"metadata":{"creationTimestamp":7}}',
      'number into Go struct field ObjectMeta.metadata.creationTimestamp of type string',
    ],
    [
      'apps/v1/Deployment',
      '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":true}}}}',
      'bool into Go struct field RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32',
    ],
    [
      '/v1/Service',
      '{"spec":{"ports":[{"targetPort":1.5}]}}',
      'number 1.5 into Go struct field ServicePort.spec.ports.targetPort of type int32',
    ],
  ])('%s %s', (kind, text, tail) => {
    expect(errorOf(kind, text)).toBe(`json: cannot unmarshal ${tail}`)
  })

  test('the first mismatch counts, but a type that decodes itself ends it all', () => {
    const both = '{"spec":{"nodeName":1,"containers":[{"resources":{"limits":{"cpu":"x y"}}}],"hostname":2}}'
    expect(errorOf('/v1/Pod', both)).toContain('quantities must match the regular expression')
    expect(errorOf('/v1/Pod', '{"spec":{"nodeName":1,"hostname":2}}')).toContain('spec.nodeName')
  })

  test('inlined structs stand in paths from v1.35 on', () => {
    const text = '{"spec":{"volumes":[{"secret":{"optional":1}}]}}'
    expect(errorOf('/v1/Pod', text, 34)).toContain('SecretVolumeSource.spec.volumes.secret.optional of type bool')
    expect(errorOf('/v1/Pod', text, 35)).toContain(
      'SecretVolumeSource.spec.volumes.VolumeSource.secret.optional of type bool',
    )
  })

  test('null is of every type, and base64 is told without its place', () => {
    expect(decode('/v1/Secret', '{"data":{"n":null},"immutable":null,"metadata":null}').ok).toBe(true)
    expect(errorOf('/v1/Secret', '{"data":{"a":"!"}}')).toBe('illegal base64 data at input byte 0')
  })
})

describe('R2 fields that a kind lacks or that come twice are told with their paths', () => {
  test.each([
    ['/v1/Secret', '{"stringdata":{"a":"b"}}', ['unknown field "stringdata"']],
    [
      '/v1/Secret',
      '{"data":{"a":"","a":""},"kind":"Secret","kind":"Secret"}',
      ['duplicate field "data.a"', 'duplicate field "kind"'],
    ],
    [
      '/v1/Pod',
      '{"spec":{"containers":[{"name":"m","envv":[],"env":[{"name":"A","valu":"b"}]}],"volume":1}}',
      [
        'unknown field "spec.containers[0].envv"',
        'unknown field "spec.containers[0].env[0].valu"',
        'unknown field "spec.volume"',
      ],
    ],
    [
      'apps/v1/Deployment',
      '{"spec":{"template":{"spec":{"containers":[{"a":1},{"a":1}]}}}}',
      ['unknown field "spec.template.spec.containers[0].a"', 'unknown field "spec.template.spec.containers[1].a"'],
    ],
  ])('%s %s', (kind, text, strict) => {
    const decoded = decode(kind, text)
    expect(decoded.ok ? decoded.strict : decoded.error).toEqual(strict)
  })

  test('json-iterator of v1.22 tells none', () => {
    const decoded = decode('/v1/Secret', '{"stringdata":{}}', 22)
    expect(decoded.ok && decoded.strict).toEqual([])
  })
})
