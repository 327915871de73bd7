import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseLabelSelector } from '../../src/api/label-selector.ts'
import { applyJsonPatch } from '../../src/api/patch/json-patch.ts'
import { applyMergePatch } from '../../src/api/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '../../src/api/patch/strategic-merge-patch.ts'
import { decodeBase64, encodeBase64, utf8Bytes, utf8Text } from '../../src/bytes/bytes.ts'
import type { HttpAnswer } from '../../src/client/server.ts'
import { jsonSyntaxError } from '../../src/go/json-syntax.ts'
import { anyText } from '../any-text.ts'
import { tries } from '../tries.ts'
import { admin, newApiServer } from './new-api-server.ts'

const path = '/api/v1/namespaces/default/secrets'

function post(body: string | Uint8Array, contentType = 'application/json'): HttpAnswer {
  const { server } = newApiServer()
  const headers = { 'content-type': contentType }
  const answer = server.http({ user: admin, method: 'POST', path, headers, body })
  if ('read' in answer) throw new Error('a create came as a stream')
  return answer
}

const secretJson = (members: string): string => `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},${members}}`

describe('facts apiserver 0 whatever the body, the server answers and nothing else changes', () => {
  test('a key __proto__ is refused or kept like any other and pollutes no prototype', () => {
    const answer = post(secretJson('"stringData":{"__proto__":"x"}'))
    expect(answer.code).toBe(201)
    expect(answer.body).toContain('"__proto__":"eA=="')
    expect(post(secretJson('"__proto__":{"polluted":true}')).code).toBe(201)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('patches with __proto__ change the object, not its prototype', () => {
    const patch = JSON.parse('{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1}}}')
    for (const patched of [
      applyMergePatch({ a: {} }, patch),
      applyStrategicMergePatch({ a: {} }, patch, undefined),
      applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: 1 } }]),
    ]) {
      expect(Object.getPrototypeOf(patched)).toBe(Object.prototype)
      expect(Object.keys(patched as object)).toContain('__proto__')
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('10,000 labels, a deep nest, 5 MB, bytes that are no UTF-8', () => {
    const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`l${i}`, 'x']))
    const many = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', labels } })
    expect(post(many).code).toBe(201)
    expect(post(`${'['.repeat(100_000)}${']'.repeat(100_000)}`).code).toBe(400)
    expect(post(secretJson(`"x":${'{"a":'.repeat(900)}1${'}'.repeat(900)}`)).code).toBe(201)
    expect(post(secretJson(`"stringData":{"k":"${'a'.repeat(5_000_000)}"}`)).code).toBe(413)
    expect(post(Uint8Array.from([0x22, 0xff, 0xfe, 0x22])).code).toBe(400)
  })

  test('a YAML alias bomb is refused without being unfolded', () => {
    const levels = Array.from({ length: 12 }, (_, i) =>
      i === 0
        ? 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]'
        : `a${i}: &a${i} [${Array(10)
            .fill(`*a${i - 1}`)
            .join(',')}]`,
    )
    expect(post(levels.join('\n'), 'application/yaml').code).toBe(400)
  })

  test('any text at all gets a Status with a code', () => {
    const { server } = newApiServer()
    fc.assert(
      fc.property(fc.oneof(anyText(), fc.json(), fc.constantFrom('{', '[1,', '"', 'nul')), (body) => {
        const answer = server.http({ user: admin, method: 'POST', path, headers: {}, body })
        if ('read' in answer) throw new Error('a create came as a stream')
        expect(answer.code).toBeGreaterThanOrEqual(200)
        expect(JSON.parse(answer.body)).toHaveProperty('kind')
      }),
      { numRuns: tries(200), seed: 1 },
    )
  })
})

test('C7 base64 and UTF-8 come back as they went in, and Go’s scanner agrees with JSON.parse', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string({ unit: 'grapheme' }), (bytes, text) => {
      expect(decodeBase64(encodeBase64(bytes))).toEqual({ ok: true, bytes })
      expect(utf8Text(utf8Bytes(text))).toBe(text)
    }),
    { numRuns: tries(200), seed: 2 },
  )
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), fc.string(), fc.constantFrom('01', '1.', '-', '"\\x"', '[1 2]', '{"a"}')),
      (text) => {
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        expect(jsonSyntaxError(utf8Bytes(text)) === undefined).toBe(isJson)
      },
    ),
    { numRuns: tries(300), seed: 3 },
  )
})

test('facts apiserver 6.1 any selector text is parsed or refused with a message', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z!=,()<> ]{0,20}$/), (text) => {
      const parsed = parseLabelSelector(text, 18)
      expect(parsed.ok || parsed.message.length > 0).toBe(true)
    }),
    { numRuns: tries(300), seed: 4 },
  )
})
