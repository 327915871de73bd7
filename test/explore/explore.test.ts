import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { exploreScenario } from '../../src/cli/explore.ts'
import { run } from '../../src/cli/run.ts'
import { brokenBy } from '../../src/explore/broken.ts'
import { drawnFaults } from '../../src/explore/draw-faults.ts'
import { type Exploration, explore, scenarioWith } from '../../src/explore/explore.ts'
import { createSim } from '../../src/index.ts'
import { scenarioFaultSchema } from '../../src/scenario/actions.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import type { ScenarioResult } from '../../src/scenario/result.ts'
import { runScenario } from '../../src/scenario/run.ts'
import { faultMeaning } from '../../src/sim/fault-table.ts'

/** Accidents are drawn, what breaks is shrunk, and what is left is a scenario that breaks alone. */

const text = `# kept
title: A node that is left alone
matrix: { nodes: [1, 2] }
cluster: { nodes: "\${{ nodes }}" }
steps:
  - expect: { event: NodeNotReady, never: 2m }
`

const loaded = (given: string) => {
  const read = loadScenario(given, 'x.yaml', { readBeside: () => undefined })
  if (!read.ok) throw new Error(read.errors.map(({ message }) => message).join('\n'))
  return read.value
}

const targets = { nodes: ['node-1'], controllers: ['ttl'], containers: [{ kill: 'web/web' }] }

describe('what is drawn', () => {
  test('is an accident that a scenario may have, and every kind of accident is drawn', () => {
    const drawn = fc.sample(drawnFaults(targets), { seed: 1, numRuns: 400 })
    for (const fault of drawn) expect(scenarioFaultSchema.safeParse(fault).success, JSON.stringify(fault)).toBe(true)
    const kinds = new Set(drawn.map((fault) => faultMeaning(fault).kind))
    expect([...kinds].sort()).toEqual([
      'apiServerRestarted',
      'apiServerSlow',
      'apiServerUnreachable',
      'clockAhead',
      'controllerPaused',
      'crashInTheMiddle',
      'credentialsExpired',
      'diskFull',
      'diskLow',
      'dropWatches',
      'etcdSlow',
      'inodesLow',
      'kill',
      'kubeletRestarted',
      'kubeletStopped',
      'loseAnswers',
      'memoryLow',
      'missedEvents',
      'partition',
      'poweredOff',
      'rebooted',
      'registryUnreachable',
      'requestsRefused',
      'staleReads',
      'stallWatches',
    ])
  })

  test('kills nothing where there is nothing', () => {
    const drawn = fc.sample(drawnFaults({ ...targets, containers: [] }), { seed: 1, numRuns: 100 })
    expect(drawn.some((fault) => 'kill' in fault)).toBe(false)
  })
})

describe('a search', () => {
  const exploration: Exploration = {
    ...{ scenario: loaded(text), seeds: ['4', '28', '61'], targets },
    ...{ spanMs: 1_000, mostFaults: 3, mostShrinks: 150 },
  }
  const host = (stopAfter = Number.POSITIVE_INFINITY) => {
    const host = {
      runs: 0,
      run: (scenario: typeof exploration.scenario, seed: string) => {
        host.runs++
        return Promise.resolve(runScenario(scenario, { createSim, seed, invariants: false }))
      },
      isStopped: () => host.runs >= stopAfter,
    }
    return host
  }

  test('shrinks what breaks until every accident that is left is needed, and finds the same again', async () => {
    const all = await explore(exploration, host())
    const [first, ...others] = all.findings
    expect(others).toEqual([])
    expect(first).toMatchObject({ isCutShort: false, broken: { kind: 'never', at: 'x.yaml:6:13' } })
    const { plan = [], seed = '', drawn = 0 } = first ?? {}
    expect(plan.length).toBeLessThan(drawn)
    const runOf = (some: typeof plan) => host().run(scenarioWith(exploration.scenario, some), seed)
    expect((await runOf(plan)).digest).toBe(first?.digest)
    for (const left of plan.keys()) expect(brokenBy(await runOf(plan.filter((_, i) => i !== left)))).toEqual([])
    // What is drawn is that of the seed alone, whatever was explored before it.
    expect((await explore({ ...exploration, seeds: [seed] }, host())).findings).toEqual([{ ...first, also: [] }])
    // Who stops it gets what was found until then.
    const stopped = await explore({ ...exploration, seeds: [seed] }, host(4))
    expect(stopped).toMatchObject({ runs: 4, findings: [{ seed, isCutShort: true }] })
  })

  test("tells podsim's own invariants and mistakes apart from what the scenario says", () => {
    const result = { steps: [], scenario: { file: 'x.yaml' } }
    const broken = (more: object) => brokenBy({ ...result, ...more } as unknown as ScenarioResult) // what is looked at
    expect(broken({ outcome: 'failed', invariant: 'S3', reason: 'S3 does not hold\n  at 3 ms' })).toEqual([
      { id: 'invariant S3', what: 'S3 does not hold', found: '  at 3 ms', kind: 'invariant', at: undefined },
    ])
    expect(broken({ outcome: 'broken', reason: 'podsim is broken' })).toMatchObject([{ kind: 'podsim' }])
    expect(broken({ outcome: 'inconclusive', reason: 'too many events' })).toEqual([])
  })
})

describe('podsim explore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'podsim-explore-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const memory = () => {
    let written = ''
    const write = (some: { toString(): string }): void => {
      written += some.toString()
    }
    const output = { isColoured: false, out: write, err: write, progress: () => {} }
    return { output, text: () => written.replaceAll(folder, '.') }
  }
  const explored = async (given: string, flags: object = {}) => {
    const file = join(folder, 'a.yaml')
    writeFileSync(file, given)
    const { output, text: told } = memory()
    const code = await exploreScenario(file, { seeds: '1..8', faults: 3, shrinks: 20, ...flags }, output)
    return { code, text: told() }
  }

  test('writes what it found as a scenario that fails alone, with what the file had', async () => {
    const { code, text: told } = await explored(text, { set: { nodes: '1' } })
    expect(code, told).toBe(1)
    expect(told).toMatch(/^✗ never that event NodeNotReady for 2m {2}\.\/a\.yaml:6:13\n/)
    expect(told).toMatch(/ {2}written to \.\/a\.found-1\.yaml; repeat with: podsim run \.\/a\.found-1\.yaml\n/)
    expect(told).toMatch(/\n8 seeds, \d+ runs: 1 thing found\n$/)
    const found = readFileSync(join(folder, 'a.found-1.yaml'), 'utf8')
    expect(found).toContain('# kept\n')
    expect(found).toContain('matrix: { nodes: [ 1 ] }\n')
    expect(found).toMatch(/faults:\n(?: {2}- \{ at: \S+, fault: \{ .* \} \}\n)+$/)
    const { output, text: ran } = memory()
    expect(await run([join(folder, 'a.found-1.yaml')], { story: 'never' }, output)).toBe(1)
    expect(ran().match(/✗ never that/g)).toHaveLength(1)
  })

  test('finds nothing where nothing is forbidden, and writes nothing', async () => {
    const before = readdirSync(folder)
    const { code, text: told } = await explored(text.replace('never: 2m', 'exists: false'), { seeds: '1..2' })
    expect({ code, told }).toEqual({
      code: 0,
      told: '2 seeds, 2 runs: nothing broke\n2 seeds, 2 runs: nothing broke\n',
    })
    expect(readdirSync(folder)).toEqual(before)
  })

  test.each([
    ['does not load', 'title: x\nsteps:\n  - kubctl: get pods\n', 2, 'UNKNOWN_STEP'],
    ['fails by itself', 'title: x\nsteps:\n  - kubectl: get nothings\n', 1, 'it does not pass without any accident'],
  ])('says so where the scenario %s', async (_name, given, code, message) => {
    const got = await explored(given)
    expect(got.text).toContain(message)
    expect(got.code).toBe(code)
  })
})
