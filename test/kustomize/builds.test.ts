import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runKustomize } from '../../src/kustomize/kustomize.ts'
import { MemoryFiles } from '../judge/memory-files.ts'

/** A directory, and what `kubectl kustomize` 1.20.2 (kustomize 2.0.3), 1.26.4 (4.5.7), 1.32.3 (5.5.0), 1.35.2 (5.7.1) or 1.36.3 (5.8.1) printed for it. */
interface Row {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly said: readonly {
    readonly minor: number
    readonly stdout: string
    readonly stderr: string
    readonly exit: number
  }[]
}

const rows: readonly Row[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/kustomize-builds.json'), 'utf8'),
)

describe('C10 the generations of kustomize answered so', () => {
  test.each(rows.flatMap((row) => row.said.map((said) => ({ ...row, ...said }))))(
    '$name, kubectl 1.$minor',
    ({ files, minor, stdout, stderr, exit }) => {
      const host = new MemoryFiles()
      for (const [path, content] of Object.entries(files)) host.write(`/d/${path}`, Buffer.from(content))
      const result = runKustomize(['/d'], { files: host, env: new Map(), minor })
      expect([result.exitCode, result.stdout, result.stderr]).toEqual([exit, stdout, stderr])
    },
  )
})

test('kustomize 2.0.3 calls a document that is a boolean as encoding/json does', () => {
  const host = new MemoryFiles()
  host.write('/d/kustomization.yaml', Buffer.from('resources: [m.yaml]\n'))
  host.write('/d/m.yaml', Buffer.from('true\n'))
  const { stderr } = runKustomize(['/d'], { files: host, env: new Map(), minor: 20 })
  expect(stderr).toContain('json: cannot unmarshal bool into Go value of type map[string]interface {}')
})
