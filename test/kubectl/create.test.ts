import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeHash } from '../../src/api/name-hash.ts'
import { sha256Hex } from '../../src/bytes/hashes.ts'
import { fromYaml } from '../../src/go/yaml/from-yaml.ts'
import { runCreateClientSide } from '../../src/kubectl/create/client-side.ts'
import { virtualFiles } from '../judge/client-vectors.ts'

test('C1 any file content comes back from the Secret exactly', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const { stdout } = runCreateClientSide(
        ['secret', 'generic', 's', '--from-file=f', '--dry-run=client', '-o', 'yaml'],
        {
          clientVersion: '1.18.2',
          files: virtualFiles({ f: Buffer.from(bytes).toString('base64') }),
          env: new Map(),
          klogPrefix: () => '',
        },
      )
      const result = fromYaml(stdout)
      const data = (result.ok ? result.value : {}) as { data: { f: string } }
      expect(new Uint8Array(Buffer.from(data.data.f, 'base64'))).toEqual(bytes)
    }),
  )
})

test('C10 the digest under a name hash is SHA-256', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha256Hex(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
    }),
  )
  expect(
    encodeHash(
      '{"data":{"password":"c2VjcmV0","username":"YWRtaW4="},"kind":"Secret","name":"db-user-pass","type":"Opaque"}',
    ),
  ).toBe('dddghtt9b5')
})
