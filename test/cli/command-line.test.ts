import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inProcess } from './in-process.ts'

/** The command line as a user and a pipe see it; in a process of its own in command-line.real.test.ts. */

const root = join(import.meta.dirname, '../..')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'podsim-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const podsim = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  inProcess(args, { cwd: root, env })

function scenario(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const good = 'title: quick\nsteps:\n  - kubectl: get pods\n    output: {contains: No resources found}\n'

describe('podsim', () => {
  test('tells the story of a scenario, its seed and its digest, without escape codes in a pipe', async () => {
    const { code, stdout, stderr } = await podsim(['run', 'scenarios/first-light.yaml'])
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toContain('seed first-light')
    expect(stdout).toMatch(/digest [0-9a-f]{16}/)
    expect(stdout).toContain(
      'Warning FailedMount pod/mypod: MountVolume.SetUp failed for volume "foo" : secret "mysecret" not found',
    )
    expect(stdout).toMatch(/has secret mysecret in volume foo, written [\d.]+s before/)
    expect(stdout).not.toContain('\u001b')
  })

  test('json is one result a scenario, with seed and digest', async () => {
    const { stdout } = await podsim(['run', 'scenarios/first-light.yaml', '--reporter', 'json'])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines[0]).toMatchObject({ type: 'header', schema: 1 })
    expect(lines.filter(({ type }) => type === 'result')).toEqual([
      expect.objectContaining({
        seed: 'first-light',
        outcome: 'passed',
        digest: expect.stringMatching(/^[0-9a-f]{16}$/),
      }),
    ])
  })

  test('an expectation that fails gives exit code 1, its place, what was found and how to repeat it', async () => {
    const file = scenario('wrong.yaml', `${good}  - expect: {pod: nobody, phase: Running}\n`)
    const { code, stdout } = await podsim(['run', file])
    expect(code).toBe(1)
    expect(stdout).toContain(`${file}:5:13`)
    expect(stdout).toContain('found: there is no such pod')
    expect(stdout).toContain(`repeat with: podsim run ${file} --seed wrong`)
  })

  test.each([
    ['an empty file', '', /:1:1: error EMPTY_FILE/],
    ['a tab for a space', 'title: x\nsteps:\n\t- say: a\n', /:3:1: error YAML_SYNTAX: found a tab/],
    ['a misspelt key', 'titel: x\nsteps: [{say: a}]\n', /:1:1: error UNKNOWN_KEY.*\n[\s\S]*did you mean "title"\?/],
    [
      'an unknown step',
      'title: x\nsteps:\n  - kubctl: get\n',
      /:3:5: error UNKNOWN_STEP[\s\S]*did you mean "kubectl"\?/,
    ],
    ['a bad duration', 'title: x\nsteps:\n  - wait: 5 minutes\n', /:3:11: error BAD_DURATION/],
  ])('%s gives exit code 2, a place and no stack trace', async (name, text, expected) => {
    const { code, stdout, stderr } = await podsim(['run', scenario(`${name.replaceAll(' ', '-')}.yaml`, text)])
    expect(code).toBe(2)
    expect(stderr).toMatch(expected)
    expect(stderr + stdout).not.toMatch(/\n\s+at .+:\d+:\d+\)?/)
  })

  test('a missing file gives exit code 2 and its name', async () => {
    const { code, stderr } = await podsim(['run', join(folder, 'nowhere.yaml')])
    expect(code).toBe(2)
    expect(stderr).toContain('nowhere.yaml:1:1: error NOT_READABLE')
  })

  test('wrong arguments give exit code 2 and a suggestion', async () => {
    expect((await podsim(['rnu', 'x'])).code).toBe(2)
    expect((await podsim(['rnu', 'x'])).stderr).toContain('Did you mean run?')
    expect((await podsim(['run'])).code).toBe(2)
    expect((await podsim(['run', 'scenarios/first-light.yaml', '--reporter', 'xml'])).code).toBe(2)
    const many = await podsim(['run', 'scenarios/first-light.yaml', '--max-events', 'many'])
    expect([many.code, many.stderr]).toEqual([
      2,
      "error: option '--max-events <n>' argument 'many' is invalid. Expected a whole number above 0.\n",
    ])
  })

  test('too few events allowed is inconclusive: exit code 3', async () => {
    const { code, stdout } = await podsim(['run', 'scenarios/first-light.yaml', '--max-events', '30'])
    expect(code).toBe(3)
    expect(stdout).toContain('more than 30 events')
  })

  test('nothing selected is exit code 3, help and version are exit code 0', async () => {
    expect((await podsim(['run', 'scenarios/immutable', '--title', 'no such title'])).code).toBe(3)
    expect((await podsim(['--help'])).code).toBe(0)
    expect((await podsim(['--help'])).stdout).toContain('Exit codes')
    expect((await podsim(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('colours only on request where there is no terminal', async () => {
    expect((await podsim(['run', scenario('good.yaml', good), '--color', 'always'])).stdout).toContain('\u001b[')
    expect((await podsim(['run', scenario('good.yaml', good)], { FORCE_COLOR: '1' })).stdout).toContain('\u001b[')
    expect(
      (await podsim(['run', scenario('good.yaml', good)], { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout,
    ).not.toContain('\u001b[')
  })

  test('play without a terminal tells the story plainly', async () => {
    const { code, stdout } = await podsim(['play', 'scenarios/first-light.yaml'])
    expect(code).toBe(0)
    expect(stdout).toContain('pod default/mypod has secret mysecret in volume foo')
    expect((await podsim(['play', 'scenarios/first-light.yaml', '--ui', 'tui'])).code).toBe(2)
  })

  test('the schema for editors names every step', async () => {
    const schema = JSON.parse((await podsim(['schema'])).stdout) as { readonly title: string }
    expect(schema.title).toBe('podsim scenario')
    expect(JSON.stringify(schema)).toContain('"kubectl"')
  })

  test('a folder run ends with a summary, whatever is in the folder', async () => {
    const below = join(folder, 'mixed')
    mkdirSync(below)
    writeFileSync(join(below, 'a-good.yaml'), good)
    writeFileSync(join(below, 'b-wrong.yaml'), `${good}  - expect: {pod: nobody}\n`)
    writeFileSync(join(below, 'c-broken.yaml'), 'title: x\n')
    writeFileSync(join(below, 'd-binary.yaml'), Buffer.from([0xff, 0xfe, 0x00]))
    symlinkSync('nowhere.yaml', join(below, 'e-dangling.yaml'))
    symlinkSync('.', join(below, 'f-circle'))
    const { code, stdout, stderr } = await podsim(['run', below])
    expect(code).toBe(2)
    expect(stdout).toMatch(/\n5 scenarios: 1 passed, 1 failed, 3 not loaded\n$/)
    for (const name of ['c-broken', 'd-binary', 'e-dangling']) expect(stderr).toContain(`${name}.yaml:1:1: error `)
  })

  test('a folder of one file, or of none that loads, ends with a summary too', async () => {
    const below = join(folder, 'lonely')
    mkdirSync(below)
    writeFileSync(join(below, 'a.yaml'), good)
    expect((await podsim(['run', below])).stdout).toMatch(/\n1 scenario: 1 passed\n$/)
    writeFileSync(join(below, 'a.yaml'), 'title: x\n')
    const { code, stdout } = await podsim(['run', below])
    expect(code).toBe(2)
    expect(stdout).toBe('\n1 scenario: 0 passed, 1 not loaded\n')
  })
})
