import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

/**
 * What a kube-apiserver v1.36.2 answered, with its warnings. Rows without a method are creates that went with `dryRun=All`, the others
 * steps, one after the other. What only the server knows (uids, times,
 * versions) is left out, and so are owners of fields where the row has none, and details of refusals.
 */

interface Row {
  readonly method?: string
  readonly path: string
  readonly type?: string
  readonly accept?: string
  readonly object?: unknown
  readonly code: number
  readonly warnings?: string
  readonly body: { readonly metadata?: { readonly managedFields?: unknown } }
}

const folder = new URL('../fixtures/recorded-v1.36/', import.meta.url)
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g
const uid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** A body as the fixtures have it. */
function settled(text: string, withOwners: boolean): unknown {
  const body = JSON.parse(text.replace(uid, 'UID').replace(time, 'TIME')) as Record<string, unknown> // an answer in JSON
  if (body.status === 'Failure') delete body.details
  if (body.metadata === undefined) return body
  const {
    uid: _uid,
    creationTimestamp: _time,
    resourceVersion: _version,
    managedFields,
    ...told
  } = Object(body.metadata)
  const owners = withOwners
    ? { managedFields: managedFields.map(({ time: _, ...entry }: { time?: string }) => entry) }
    : {}
  return { ...body, metadata: { ...told, ...owners } }
}

describe.each(readdirSync(folder))('%s', (file) => {
  const rows: readonly Row[] = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  const sim = createSim({ version: 'v1.36', nodes: 1 })
  sim.runFor('30s')

  test('every answer is that of the real server', () => {
    const asked = rows.map(({ code: _code, warnings: _warnings, body: told, ...row }) => {
      const { method, path, type, accept, object } = row
      const answer = sim.request({
        method: method ?? 'POST',
        path: method === undefined ? `${path}?dryRun=All` : path,
        user: 'admin',
        groups: ['system:masters', 'system:authenticated'],
        ...(type === undefined ? {} : { contentType: type }),
        ...(accept === undefined ? {} : { accept }),
        ...(object === undefined ? {} : { body: JSON.stringify(object) }),
      })
      const { headers = {}, body: text = '' } = answer as { headers?: Record<string, string>; body?: string } // no stream
      const kind = headers['content-type']
      const body =
        kind === 'application/json' ? settled(text, told.metadata?.managedFields !== undefined) : { type: kind }
      const warnings = headers.warning === undefined ? {} : { warnings: headers.warning }
      return { ...row, code: answer.code, ...warnings, body }
    })
    expect(asked).toEqual(rows)
  })
})
