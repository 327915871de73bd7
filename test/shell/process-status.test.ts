import { expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

test('/proc/1/status says who the first process is, also to a probe of an image of which nothing is known', () => {
  const sim = createSim({ seed: 'status' })
  const readinessProbe = { exec: { command: ['cat', '/proc/1/status'] } }
  const securityContext = { runAsUser: 1000, runAsGroup: 3000 }
  sim.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'c', image: 'tide:2', readinessProbe, securityContext }] },
  })
  sim.runFor('30s')
  expect(sim.get('Pod', 'a')?.status?.containerStatuses?.[0]).toMatchObject({ ready: true })
  const lines = sim.exec({ pod: 'a' }, ['sh', '-c', 'grep -E "^(State|Pid|Uid|Gid)" /proc/1/status']).stdout
  expect(lines).toBe('State:\tS (sleeping)\nPid:\t1\nUid:\t1000\t1000\t1000\t1000\nGid:\t3000\t3000\t3000\t3000\n')
  expect(sim.exec({ pod: 'a' }, ['cat', '/proc/77/status']).exitCode).toBe(1)
})
