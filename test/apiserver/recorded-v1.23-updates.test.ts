import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

/**
 * What a kube-apiserver v1.23.13 answered to reads, and to updates and patches of objects that the first rows of a file create
 * (those after them are dry runs). Owners of fields count; uids, times, versions and managers are masked.
 */

interface Row {
  readonly method: string
  readonly path: string
  readonly type?: string
  readonly object?: unknown
  readonly code: number
  /** A text where the answer is none of JSON. Absent: only the code counts. */
  readonly body?: unknown
}

const folder = new URL('../fixtures/recorded-v1.23-updates/', import.meta.url)

/** A body with what no two servers have in common masked, as the fixtures have it. */
function masked(body: string): string {
  return body
    .replace(/uid(\\*)":(\\*)"[0-9a-f-]{36}/g, 'uid$1":$2"U')
    .replace(/(creationTimestamp|time)(\\*)":(\\*)"2[^"\\]*/g, '$1$2":$3"T')
    .replace(/resourceVersion(\\*)":(\\*)"\d+/g, 'resourceVersion$1":$2"R')
    .replace(/UID in object meta: [0-9a-f-]{36}/g, 'UID in object meta: U')
    .replace(/\(0x[0-9a-f]+\)/g, '(0x0)')
    .replace(/manager(\\*)":(\\*)"[^"\\]*/g, 'manager$1":$2"M')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

describe.each(readdirSync(folder))('%s', (file) => {
  const rows: readonly Row[] = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  const sim = createSim({ journal: 'off', version: 'v1.23', nodes: 1 })
  sim.runFor('30s')

  test('every answer is that of the real server', () => {
    const wrong: unknown[] = []
    for (const { method, path, type = 'application/json', object, code, body } of rows) {
      const answer = sim.request({
        method,
        path,
        user: 'admin',
        groups: ['system:masters', 'system:authenticated'],
        accept: 'application/json',
        ...(object === undefined ? {} : { contentType: type, body: JSON.stringify(object) }),
      })
      const found = { code: answer.code, body: parsed(masked('body' in answer ? String(answer.body) : '')) }
      const told = masked(typeof body === 'string' ? body : JSON.stringify(body ?? ''))
      try {
        expect(found).toEqual({ code, body: body === undefined ? found.body : parsed(told) })
      } catch (error) {
        wrong.push({ method, path, object, told: String(error).slice(0, 1500) })
      }
    }
    expect(wrong).toEqual([])
  })
})
