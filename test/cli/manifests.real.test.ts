import { beforeAll, expect, test } from 'vitest'
import { goodTree } from '../check/good-tree.ts'
import { ensureBuilt, podsimProcess } from './built.ts'

/** check in a pipe. */

beforeAll(ensureBuilt, 120_000)

test('1: something does not, from standard input as from a file', () => {
  const broken = (goodTree['web.yaml'] ?? '').replace('secretName: web-tls', 'secretName: web-tsl')
  const input = `${goodTree['secrets.yaml']}---\n${broken}`
  const { code, stdout } = podsimProcess(['check', '-f', '-', '--for', '1m'], { input })
  expect(code).toBe(1)
  expect(stdout).toMatch(/✗ secret default\/web-tsl does not exist {2}-:\d+:\d+\n {4}did you mean web-tls\?/)
  const had = podsimProcess(['check', '-f', '-', '--for', '1m', '--have', 'secret/web-tsl:tls.crt,tls.key'], { input })
  expect(had.code).toBe(0)
  expect(had.stdout).toContain('secret web-tsl is there already')
})

test('2: nothing on standard input is told in words', () => {
  const { code, stderr } = podsimProcess(['check', '-f', '-'])
  expect(code).toBe(2)
  expect(stderr).toContain('there is nothing to check: - holds no object')
})
