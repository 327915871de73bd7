import { expect, test } from 'vitest'
import { decodeTyped } from '../../src/api/decoding/typed-decoder.ts'
import { schemaOf } from '../../src/api/schema/schema.ts'
import { rfc3339Error } from '../../src/go/time.ts'

function decode(kind: string, json: string) {
  const definition = schemaOf(18).kind({ group: '', version: 'v1', kind })
  if (definition === undefined) throw new Error(`no kind ${kind}`)
  return decodeTyped(json, definition)
}

const error = (kind: string, json: string): string => {
  const decoded = decode(kind, json)
  return decoded.ok ? '' : decoded.error
}

test('C7 a bad value that is the last of its map takes the names of what follows with it', () => {
  const body =
    '{"apiVersion":"v1","data":{"username":"admin!"},"kind":"Secret","metadata":{"name":"x","namespace":"default"}}'
  expect(error('Secret', body)).toBe(
    'v1.Secret.ObjectMeta: v1.ObjectMeta.TypeMeta: Kind: Data: decode base64: illegal base64 data at input byte 5, error found in #10 byte of ...|":"admin!"},"kind":"|..., bigger context ...|{"apiVersion":"v1","data":{"username":"admin!"},"kind":"Secret","metadata":{"name":"x","namespac|...',
  )
})

test('C7 when another key follows, the path ends at the map', () => {
  const body = '{"apiVersion":"v1","kind":"Secret","data":{"a":"!","b":"YQ=="},"metadata":{"name":"x"}}'
  expect(error('Secret', body)).toMatch(/^v1\.Secret\.Data: decode base64: illegal base64 data at input byte 0, /)
})

test('E1 the path of a wrong type leads through lists and inlined structs', () => {
  const env = '{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":5}]}]}}'
  expect(error('Pod', env)).toMatch(
    /^v1\.Pod\.Spec: v1\.PodSpec\.Containers: \[\]v1\.Container: v1\.Container\.Env: \[\]v1\.EnvVar: v1\.EnvVar\.Value: ReadString: expects " or n, but found 5, /,
  )
  const mode = '{"spec":{"volumes":[{"name":"v","secret":{"defaultMode":"0400"}}]}}'
  expect(error('Pod', mode)).toMatch(
    /^v1\.Pod\.Spec: v1\.PodSpec\.Volumes: \[\]v1\.Volume: v1\.Volume\.VolumeSource: Secret: v1\.SecretVolumeSource\.DefaultMode: readUint32: unexpected character: \ufffd, /,
  )
})

test('facts apiserver 1.5 unknown fields go, empty ones too, and structs that Go always writes are there', () => {
  const decoded = decode(
    'Pod',
    '{"metadata":{"name":"p","labels":{}},"spec":{"containers":[{"name":"c","x":1}]},"y":{}}',
  )
  expect(decoded.ok && decoded.value).toEqual({
    metadata: { name: 'p', creationTimestamp: null },
    spec: { containers: [{ name: 'c', resources: {} }] },
    status: {},
  })
})

test.each([
  ['yesterday', 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'],
  ['2020-13-01T00:00:00Z', 'parsing time "2020-13-01T00:00:00Z": month out of range'],
  ['2020-02-30T00:00:00Z', 'parsing time "2020-02-30T00:00:00Z": day out of range'],
  ['2020-05-01', 'parsing time "2020-05-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
  ['2020-05-01T00:00:00Zx', 'parsing time "2020-05-01T00:00:00Zx": extra text: "x"'],
  ['2020-05-01T00:00:00.5+02:00', undefined],
])('facts apiserver 1.5 the time %s is told as Go tells it', (text, expected) => {
  expect(rfc3339Error(text)).toBe(expected)
})
