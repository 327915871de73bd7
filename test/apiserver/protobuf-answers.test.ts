import { describe, expect, test } from 'vitest'
import { decodeProtobuf, openEnvelope } from '../../src/api/protobuf/decode.ts'
import { objectJson } from '../../src/api/protobuf/object-json.ts'
import type { HttpAnswer, HttpStream } from '../../src/client/server.ts'
import { admin } from './new-api-server.ts'
import { newApi } from './registry/api.ts'

const protobuf = 'application/vnd.kubernetes.protobuf'
const secrets = '/api/v1/namespaces/default/secrets'
const minor = 36

function withSecret() {
  const api = newApi(minor)
  const labels = { app: 'a' }
  api.post(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', labels }, stringData: { p: 'x' } })
  const ask = (path: string, accept = protobuf): HttpAnswer | HttpStream =>
    api.server.http({ user: admin, method: 'GET', path, headers: { accept }, body: '' })
  const answered = (path: string, accept?: string): HttpAnswer => ask(path, accept) as HttpAnswer // no watch is opened so
  const json = (path: string) => JSON.parse(answered(path, 'application/json').body)
  return { ...api, ask, answered, json }
}

describe('answers in protobuf say what those in JSON say', () => {
  test('an object', () => {
    const { answered, json } = withSecret()
    const { headers, bytes } = answered(`${secrets}/a`, `${protobuf},application/json`)
    expect(headers['content-type']).toBe(protobuf)
    const envelope = openEnvelope(bytes ?? new Uint8Array())
    expect(envelope && objectJson(envelope, minor)).toEqual(json(`${secrets}/a`))
  })

  test('a list', () => {
    const { answered, json } = withSecret()
    const envelope = openEnvelope(answered(secrets).bytes ?? new Uint8Array())
    expect(envelope).toMatchObject({ apiVersion: 'v1', kind: 'SecretList' })
    const list = decodeProtobuf('io.k8s.api.core.v1.SecretList', envelope?.raw ?? new Uint8Array())
    expect(list).toEqual({ metadata: json(secrets).metadata, items: json(secrets).items })
  })

  test('a refusal', () => {
    const { answered } = withSecret()
    const { code, bytes } = answered(`${secrets}/none`)
    const { raw = new Uint8Array(), kind } = openEnvelope(bytes ?? new Uint8Array()) ?? {}
    expect([code, kind]).toEqual([404, 'Status'])
    expect(decodeProtobuf('io.k8s.apimachinery.pkg.apis.meta.v1.Status', raw)).toMatchObject({
      reason: 'NotFound',
      message: 'secrets "none" not found',
      code: 404,
    })
  })

  test('events of a watch, each after its length', () => {
    const { ask, json } = withSecret()
    const stream = ask(`${secrets}?watch=true&resourceVersion=0`) as HttpStream // a watch was asked for
    expect(stream.headers['content-type']).toBe(`${protobuf};stream=watch`)
    const frames: Uint8Array[] = []
    stream.read({ chunk: () => {}, bytes: (part) => frames.push(part), end: () => {} }).stop()
    expect(frames).toHaveLength(1)
    const [frame = new Uint8Array()] = frames
    expect(new DataView(frame.buffer).getUint32(0)).toBe(frame.length - 4)
    // WatchEvent: 1 its type, 2 what it is about, in an envelope within.
    expect(Buffer.from(frame.subarray(4, 11)).toString('latin1')).toBe('\n\x05ADDED')
    const at = Buffer.from(frame).indexOf('k8s\0')
    const envelope = openEnvelope(frame.subarray(at))
    expect(envelope && objectJson(envelope, minor)).toEqual(json(`${secrets}/a`))
  })

  test('metadata alone: of an object, and of a list', () => {
    const { answered, json } = withSecret()
    const partial = (path: string, kind: string) =>
      openEnvelope(answered(path, `${protobuf};as=${kind};v=v1;g=meta.k8s.io`).bytes ?? new Uint8Array())
    const one = partial(`${secrets}/a`, 'PartialObjectMetadata')
    expect(one).toMatchObject({ apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata' })
    // Field 1 is the metadata: its tag and length come before it.
    const meta = decodeProtobuf(
      'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
      one?.raw.subarray(3) ?? new Uint8Array(),
    )
    expect(meta).toEqual(json(`${secrets}/a`).metadata)
    expect(partial(secrets, 'PartialObjectMetadataList')?.kind).toBe('PartialObjectMetadataList')
  })
})

test('a table has no form in protobuf: the next clause is taken', () => {
  const { answered } = withSecret()
  const table = 'as=Table;v=v1;g=meta.k8s.io'
  expect(JSON.parse(answered(secrets, `${protobuf};${table},application/json;${table}`).body).kind).toBe('Table')
  expect(answered(secrets, `${protobuf};${table}`).code).toBe(406)
})

test('objects of custom resources have none either', () => {
  const { answered, post } = withSecret()
  post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  })
  const path = '/apis/example.com/v1/namespaces/default/widgets'
  expect(JSON.parse(answered(path, `${protobuf},application/json`).body).kind).toBe('WidgetList')
  expect(answered(path).code).toBe(406)
})

test('a version that is not served is not found, whatever components use', () => {
  const { server } = newApi(18)
  const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'
  for (const accept of [protobuf, 'application/json'])
    expect(server.http({ user: admin, method: 'GET', path, headers: { accept }, body: '' }).code).toBe(404)
})

test.each([18, 26, 36])('every kind of 1.%d that is served has a message', (version) => {
  const { server } = newApi(version)
  const get = (path: string, accept: string) =>
    server.http({ user: admin, method: 'GET', path, headers: { accept }, body: '' }) as HttpAnswer // no watches
  const versions = ['/api/v1']
  for (const group of JSON.parse(get('/apis', 'application/json').body).groups)
    for (const { groupVersion } of group.versions) versions.push(`/apis/${groupVersion}`)
  const without: string[] = []
  for (const path of versions)
    for (const { name, verbs } of JSON.parse(get(path, 'application/json').body).resources)
      if (verbs.includes('list') && get(`${path}/${name}`, protobuf).bytes === undefined)
        without.push(`${path}/${name}`)
  expect(without).toEqual([])
})
