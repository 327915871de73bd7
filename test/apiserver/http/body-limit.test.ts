import { describe, expect, test } from 'vitest'
import { createSim } from '../../../src/index.ts'

/** What a request's body may have at most, in bytes. Source: apiserver pkg/server/config.go, MaxRequestBodyBytes. */
const limit = 3 * 1024 * 1024
const sim = createSim({ journal: 'off', nodes: 1 })

/** What `kubectl create` says of an object with one value. */
function answerTo(kind: string, value: string): string {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind, metadata: { name: 'm' }, data: { k: value } })
  return sim.kubectl('create --validate=false -f -', { stdin }).stderr.slice(0, 200)
}

describe('R2: a request of more than 3 MiB is refused as such, what is less is looked at as an object', () => {
  test('base64, of which no text is made to find out', () => {
    expect(answerTo('Secret', 'QUJD'.repeat(limit / 4 - 100))).toContain(
      'data: Too long: must have at most 1048576 bytes',
    )
    expect(answerTo('Secret', 'QUJD'.repeat(limit / 4))).toContain('Error from server (RequestEntityTooLarge)')
  })

  test('a text whose three characters take eleven bytes in JSON', () => {
    const text = 'ä<€'
    expect(answerTo('ConfigMap', text.repeat(Math.floor(limit / 11)))).toContain('(RequestEntityTooLarge)')
    expect(answerTo('ConfigMap', text.repeat(Math.floor(limit / 11) - 100))).not.toContain('(RequestEntityTooLarge)')
  })
})
