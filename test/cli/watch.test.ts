import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Output } from '../../src/cli/output.ts'
import { planRuns } from '../../src/cli/plan.ts'
import { fingerprint, watch } from '../../src/cli/watch.ts'

const scenario = (contains: string) =>
  `title: quick\nsteps:\n  - kubectl: get pods\n    output: {contains: ${contains}}\n`
let folder = ''
let file = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'podsim-'))
  file = join(folder, 'a.yaml')
  writeFileSync(file, scenario('No resources found'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function createOutput() {
  const told: string[] = []
  const write = (text: { toString(): string }): void => void told.push(text.toString())
  const output: Output = {
    isColoured: false,
    out: write,
    err: write,
    progress: () => {},
    clear: () => told.push('CLEAR'),
  }
  return { output, told }
}

describe('run --watch', () => {
  test('runs again for each change, on an empty screen, and ends with 130 when it is asked to stop', async () => {
    const { output, told } = createOutput()
    let changes = 0
    const code = await watch([file], { story: 'never' }, output, async (before) => {
      expect(before).toBe(fingerprint([file]))
      if (changes++ === 1) return 'stopped'
      writeFileSync(file, scenario('nothing of the kind'))
      return 'changed'
    })
    expect(code).toBe(130)
    const text = told.join('')
    expect(text.split('CLEAR')).toHaveLength(3)
    expect(text).toMatch(
      /^CLEAR✓ quick[\s\S]*waiting for a change; ctrl-C ends\nCLEAR✗ output of kubectl get pods|^CLEAR✓ quick[\s\S]*CLEAR✗ quick/,
    )
    expect(text.match(/waiting for a change/g)).toHaveLength(2)
  })

  test('a file beside a scenario that is made, changed or gone is a change; what lies elsewhere is none', () => {
    const seen = [fingerprint([folder])]
    const look = () => seen.push(fingerprint([folder]))
    mkdirSync(join(folder, 'm'))
    writeFileSync(join(folder, 'm/pod.yaml'), 'x')
    look()
    utimesSync(join(folder, 'm/pod.yaml'), 1, 1)
    look()
    rmSync(join(folder, 'm/pod.yaml'))
    look()
    expect(new Set(seen.slice(0, 3)).size).toBe(3)
    expect(seen[3]).toBe(seen[0])
    mkdirSync(join(folder, 'node_modules'))
    writeFileSync(join(folder, 'node_modules/x'), '')
    expect(fingerprint([folder])).toBe(seen[0])
  })

  test('standard input does not change', async () => {
    const { output, told } = createOutput()
    expect(await watch(['-'], { story: 'never' }, output)).toBe(2)
    expect(told.join('')).toContain('standard input does not')
  })
})

test('--repeat makes each run so often, each but the first with a seed of its own', () => {
  const planned = planRuns([file], { seeds: '1,2', repeat: 3 })
  expect(planned.ok ? planned.plan.units.map(({ seed }) => seed) : planned.message).toEqual([
    ...['1', '1-2', '1-3'],
    ...['2', '2-2', '2-3'],
  ])
})
