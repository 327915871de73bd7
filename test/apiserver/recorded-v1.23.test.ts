import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

/**
 * What a kube-apiserver v1.23.13 answered to requests with `dryRun=All`, each the usual object of a kind with one place
 * changed. What only the server knows (uids, times, versions, addresses) is left out or `UID`, and so are owners of fields.
 */

interface Row {
  readonly path: string
  /** POST, when it is absent. */
  readonly method?: string
  readonly type?: string
  readonly object: unknown
  readonly code: number
  readonly body: unknown
}

const folder = new URL('../fixtures/recorded-v1.23/', import.meta.url)
const uid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** A body as the fixtures have it. */
function settled(body: string): unknown {
  const { metadata, ...rest } = JSON.parse(body.replace(uid, 'UID')) as { metadata?: Record<string, unknown> } // a fixture
  if (metadata === undefined) return rest
  const { uid: _uid, creationTimestamp: _time, resourceVersion: _version, managedFields: _owners, ...told } = metadata
  return { ...rest, metadata: told }
}

describe.each(readdirSync(folder))('%s', (file) => {
  const rows: readonly Row[] = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  const sim = createSim({ journal: 'off', version: 'v1.23', nodes: 1 })
  sim.runFor('30s')

  test('every answer is that of the real server', () => {
    const wrong: unknown[] = []
    for (const { path, method = 'POST', type = 'application/json', object, code, body } of rows) {
      const answer = sim.request({
        method,
        path: `${path}?dryRun=All`,
        user: 'admin',
        groups: ['system:masters', 'system:authenticated'],
        contentType: type,
        body: JSON.stringify(object),
      })
      const text = String((answer as { body?: unknown }).body) // nothing is watched here
      const found = { code: answer.code, body: settled(text) }
      try {
        expect(found).toEqual({ code, body })
      } catch (error) {
        wrong.push({ path, object, told: String(error).slice(0, 2000) })
      }
    }
    expect(wrong).toEqual([])
  })
})
