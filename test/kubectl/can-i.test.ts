import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createControlPlane } from '../../src/cluster/control-plane.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { runKubectl } from '../../src/kubectl/cli/run.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { userNamed } from '../judge/kubectl-sessions.ts'
import { MemoryFiles } from '../judge/memory-files.ts'
import { type JudgedCluster, type RequestVector, runRequestVector } from '../judge/requests.ts'

const vectors: readonly RequestVector[] = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/authz.json', import.meta.url), 'utf8'),
)

function cluster(vector: RequestVector): JudgedCluster {
  const kernel = createKernel()
  const { server, start } = createControlPlane({
    kernel,
    calendar: createCalendar(defaultEpochMs),
    journal: createJournal(kernel, 'off'),
    random: createRandomStreams(vector.name),
    minor: 18,
    gates: resolveFeatureGates(18),
    runs: { scheduler: false },
  })
  start()
  const post = (path: string, body: object) =>
    server.http({
      user: userNamed('admin'),
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: vector.namespace ?? 'default' } })
  for (const name of ['node-1', 'node-2']) post('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } })
  kernel.runUntil(kernel.now() + 1000)
  return {
    http: (request) => server.http(request),
    advance: (ms) => kernel.runUntil(kernel.now() + ms),
    kubectl(step) {
      const result = runKubectl(step.argv, {
        clientVersion: `${step.kubectl}.0`,
        serverAddress: 'https://10.0.0.1:6443',
        http: (request) => server.http(request),
        user: userNamed('admin'),
        now: () => defaultEpochMs + kernel.now(),
        wait: (condition, timeoutMs) => kernel.runUntilTrue(condition, kernel.now() + timeoutMs),
        files: new MemoryFiles(),
        stdin: undefined,
        env: new Map(),
        digits: (n) => '1'.repeat(n),
        config: { contexts: [], currentContext: '' },
      })
      return { stdout: result.stdout, stderr: result.stderr, exit: result.exitCode }
    },
  }
}

const asking = vectors.filter(({ steps = [] }) => steps.some(({ kubectl }) => kubectl !== undefined))

describe('authz.json: kubectl auth can-i', () => {
  test.each(asking.map((vector) => [vector.name, vector] as const))('S1 %s', (_, vector) => {
    const failed = runRequestVector(vector, cluster).filter(({ passed }) => !passed)
    expect(failed.map(({ row, diff }) => `${row}: ${diff}`)).toEqual([])
  })
})
