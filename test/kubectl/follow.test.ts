import { beforeAll, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import type { Sim } from '../../src/sim/sim.ts'

/** Commands that go on as long as a container does, and what becomes of them where it never ends. */
let sim: Sim
beforeAll(() => {
  sim = createSim({ journal: 'off', version: 'v1.36', seed: 'follow' })
  const scripts = {
    three: 'for i in 1 2 3; do echo line $i; sleep 5; done',
    endless: 'while true; do echo tick; sleep 60; done',
    a: 'sleep 3; echo a3; sleep 6; echo a9',
    b: 'sleep 6; echo b6; sleep 6; echo b12',
    doomed: 'echo here; sleep 1d',
  }
  for (const [name, script] of Object.entries(scripts)) {
    const containers = [{ name: 'c', image: 'busybox', command: ['sh', '-c', script] }]
    const labels = name.length === 1 ? { app: 'web' } : {}
    const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers }
    sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec })
  }
  sim.runFor('2s')
})

test('logs -f of several containers shows each line when it is written, and ends with the last', () => {
  const { stdout, exitCode } = sim.kubectl('logs -f -l app=web --prefix')
  expect([exitCode, stdout]).toEqual([0, 'a a3|b b6|a a9|b b12|'.replace(/(\w) (\w+)\|/g, '[pod/$1/c] $2\n')])
})

test('logs -f ends with its container, also where what it wrote is over', () => {
  for (let times = 0; times < 2; times++)
    expect(sim.kubectl('logs -f three')).toEqual({ stdout: 'line 1\nline 2\nline 3\n', stderr: '', exitCode: 0 })
})

test('logs -f ends when its Pod is deleted', () => {
  const command = sim.start({ kubectl: 'logs -f doomed' })
  command.goOn(() => true)
  sim.kubectl('delete pod doomed --wait=false')
  const before = sim.now()
  expect(command.goOn()).toEqual({ stdout: 'here\n', stderr: '', exitCode: 0 })
  expect(sim.now() - before).toBeLessThan(10_000)
})

test.each(['logs -f endless --tail=1', 'attach endless'])(
  '%s: what never ends is stopped as by ctrl-C, and says so',
  (line) => {
    const before = sim.now()
    const { stdout, stderr, exitCode } = sim.kubectl(line)
    expect([exitCode, stderr.split('\n').at(-2)]).toEqual([
      130,
      'podsim: this has not ended within 4h of virtual time; stopped as by ctrl-C',
    ])
    expect(stdout.match(/tick/g)?.length).toBeGreaterThan(230)
    expect((sim.now() - before) / 3_600_000).toBeCloseTo(4, 2)
  },
)
