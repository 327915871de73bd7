import { utf8Bytes } from '../../src/bytes/bytes.ts'
import { plainAnswer } from '../../src/client/answered-object.ts'
import type { HttpAnswer, HttpRequest, HttpStream } from '../../src/client/server.ts'
import { createControlPlane } from '../../src/cluster/control-plane.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import type { KubectlHost } from '../../src/kubectl/host.ts'
import type { CommandResult } from '../../src/looks/containers.ts'
import { runKubectl } from '../../src/sim/run-kubectl.ts'
import { TerminalClock } from '../../src/sim/terminal-clock.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { userNamed } from '../judge/kubectl-sessions.ts'
import { MemoryFiles } from '../judge/memory-files.ts'

/** A control plane with two nodes that nobody runs, and command lines against it. `asTexts`: what they send and get are texts, as over a wire. */
export function createKubectlWorld(overrides: Partial<KubectlHost> = {}, asTexts = false) {
  const kernel = createKernel()
  const calendar = createCalendar(defaultEpochMs)
  const plane = createControlPlane({
    kernel,
    calendar,
    journal: createJournal(kernel, 'off'),
    random: createRandomStreams('kubectl'),
    minor: 18,
    gates: resolveFeatureGates(18),
    // Nobody renews the nodes' leases here.
    controllers: { disabled: ['nodelifecycle'] },
  })
  plane.start()
  const clock = new TerminalClock(kernel)
  const files = new MemoryFiles()
  const config = { contexts: [{ name: 'c', cluster: 'c', user: 'admin' }], currentContext: 'c' }
  const host: KubectlHost = {
    clientVersion: '1.18.20',
    serverAddress: 'https://10.0.0.1:6443',
    http: (request) => (asTexts ? copyOf(plane.server.http(textOf(request))) : plane.server.http(request)),
    user: userNamed('admin'),
    now: () => calendar.at(kernel.now()),
    until: (condition, timeoutMs) => clock.until(condition, Math.min(timeoutMs, 3_600_000)),
    files,
    stdin: undefined,
    env: new Map(),
    digits: (n) => '1'.repeat(n),
    config,
    ...overrides,
  }
  const http = (method: string, path: string, body?: object) =>
    plane.server.http({
      user: userNamed('admin'),
      method,
      path,
      headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' },
      body: body === undefined ? '' : JSON.stringify(body),
    })
  const amounts = { cpu: '4', memory: '8Gi', pods: '110' }
  const status = { capacity: amounts, allocatable: amounts, conditions: [{ type: 'Ready', status: 'True' }] }
  for (const name of ['node-1', 'node-2'])
    http('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name }, status })
  const world = {
    kernel,
    files,
    config,
    http,
    /** `line` without the word kubectl; words in single quotes may hold blanks. */
    run(line: string, stdin?: string): CommandResult {
      const argv = [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '')
      return runKubectl(kernel, clock, argv, stdin === undefined ? host : { ...host, stdin: utf8Bytes(stdin) })
    },
    /** Standard output of a command that must end well. */
    out(line: string, stdin?: string): string {
      const result = world.run(line, stdin)
      if (result.exitCode !== 0) throw new Error(`${line}: ${result.stderr}`)
      return result.stdout
    },
    pass(seconds: number): void {
      kernel.runUntil(kernel.now() + seconds * 1000)
    },
    file(path: string, text: string): void {
      files.write(path, utf8Bytes(text))
    },
  }
  world.pass(5)
  return world
}

function textOf({ user, method, path, headers, body }: HttpRequest): HttpRequest {
  return { user, method, path, headers, body }
}

function copyOf(answer: HttpAnswer | HttpStream): HttpAnswer | HttpStream {
  return 'read' in answer ? answer : plainAnswer(answer)
}
