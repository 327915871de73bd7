import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { lint } from '../../src/cli/lint.ts'

const folder = mkdtempSync(join(tmpdir(), 'podsim-lint-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Found {
  readonly code: string
  readonly line: number
  readonly column: number
  readonly suggestion?: string
}

async function linted(files: Readonly<Record<string, string>>): Promise<{ code: number; found: readonly Found[] }> {
  const at = mkdtempSync(join(folder, 'case-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(at, name, '..'), { recursive: true })
    writeFileSync(join(at, name), text)
  }
  let told = ''
  const out = (some: { toString(): string }): void => {
    told += some.toString()
  }
  const paths = Object.keys(files)
    .filter((name) => !name.includes('kustomization'))
    .map((name) => join(at, name))
  const code = await lint(paths, { output: 'json' }, { isColoured: false, out, err: out, progress: () => {} })
  const { findings } = JSON.parse(told) as { readonly findings: readonly Found[] } // docs/running.md, Lint
  return {
    code,
    found: findings.map(({ code: rule, line, column, suggestion }) => ({
      code: rule,
      line,
      column,
      ...(suggestion === undefined ? {} : { suggestion }),
    })),
  }
}

const secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: db }\n'
const pod = (env: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n    - name: a\n      image: busybox\n      ${env}\n`
const wants = (name: string, key: string) =>
  `env: [{ name: X, valueFrom: { secretKeyRef: { name: ${name}, key: ${key} } } }]`

describe('podsim lint of manifests', () => {
  test.each([
    ['a misspelt field of a Secret', `${secret}stringdata: { a: b }\n`, [['BAD_MANIFEST', 4, 1, '"stringData"']]],
    [
      'in a second document, with line ends of Windows',
      `${secret}---\n${secret}dta: {}\n`.replaceAll('\n', '\r\n'),
      [['BAD_MANIFEST', 8, 1, '"data"']],
    ],
    ['a value that is no base64', `${secret}data:\n  a: "plain text!"\n`, [['BAD_SECRET_VALUE', 5, 7]]],
    [
      'a key that the Secret beside it does not have',
      `${secret}stringData: { password: x }\n---\n${pod(wants('db', 'pasword'))}`,
      [['UNKNOWN_SECRET_KEY', 13, 68, '"password"']],
    ],
    ['a wrong type', `${secret}stringData:\n  port: 5432\n`, [['BAD_MANIFEST', 5, 9]]],
    [
      'an API version that is gone',
      'apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: { name: a }\n',
      [['BAD_MANIFEST', 1, 13, '"apps/v1"']],
    ],
    ['a Secret that another file may hold', pod(wants('elsewhere', 'k')), []],
    [
      'a kind that somebody else defines',
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: a }\n',
      [],
    ],
    ['nothing', `${secret}stringData: { a: b }\n`, []],
  ] as const)('%s', async (_what, text, expected) => {
    const { code, found } = await linted({ 'm.yaml': text })
    expect(
      found.map(({ code: rule, line, column, suggestion }) => [
        rule,
        line,
        column,
        ...(suggestion === undefined ? [] : [suggestion]),
      ]),
    ).toEqual(expected)
    expect(code).toBe(expected.some(([rule]) => rule === 'BAD_MANIFEST') ? 2 : 0)
  })

  test('a part that a kustomization completes may lack fields, and mark what goes', async () => {
    const patch =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec:\n  template: { spec: { containers: [{ name: a, $patch: delete }] } }\n'
    const alone = await linted({ 'patch.yaml': patch })
    expect(alone.found.map(({ code }) => code)).toContain('BAD_MANIFEST')
    const part = await linted({ 'patch.yaml': patch, 'kustomization.yaml': 'patches: [{ path: patch.yaml }]\n' })
    expect(part).toEqual({ code: 0, found: [] })
  })
})
