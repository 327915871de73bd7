import type { Node, Pod } from '../../src/api/types/core.ts'
import { utf8Bytes, utf8Text } from '../../src/bytes/bytes.ts'
import type { UserInfo } from '../../src/client/client.ts'
import { createControlPlane } from '../../src/cluster/control-plane.ts'
import { createNodeFs } from '../../src/fs/memory-fs.ts'
import { virtualFiles } from '../../src/fs/virtual-files.ts'
import { createCalendar, defaultEpochMs, rfc3339 } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { type Steps, wait } from '../../src/kernel/steps.ts'
import type { KubeconfigState, KubectlHost } from '../../src/kubectl/host.ts'
import { CommandLine, type CommandLineResult } from '../../src/shell/command-line.ts'
import type { WorldProgram } from '../../src/shell/engine/shell.ts'
import { type KubectlSurroundings, kubectlProgram } from '../../src/sim/kubectl-program.ts'
import { TerminalClock } from '../../src/sim/terminal-clock.ts'
import { type NodeProblem, nodeProblem } from '../../src/sim/unreachable-node.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { sessionTextDiffers } from './session-match.ts'
import { toldNodes } from './told-nodes.ts'

export interface SessionStep {
  readonly file?: string
  readonly content?: string
  readonly waitSeconds?: number
  readonly api?: {
    readonly method: string
    readonly path: string
    readonly contentType?: string
    readonly body?: unknown
  }
  readonly code?: number
  readonly command?: string
  readonly stdout?: string
  readonly stderr?: string
  readonly exit?: number | null
  readonly user?: string
  readonly editor?: string
  readonly editorSaw?: string
}

export interface Session {
  readonly name: string
  readonly kubectl: string
  /** Version of the server: `1.18.20`. */
  readonly server: string
  readonly gates: Readonly<Record<string, boolean>>
  readonly steps: readonly SessionStep[]
}

export interface StepResult {
  readonly row: string
  readonly command: string
  readonly passed: boolean
  readonly diff: string
}

const workingDirectory = '/work/w'
const homeDirectory = '/work/home'
/** How long a command takes; a real kubectl needs about this much. */
const commandMs = 190

export class SessionRun {
  readonly #session: Session
  readonly #kernel = createKernel()
  readonly #calendar = createCalendar(defaultEpochMs)
  readonly #clock = new TerminalClock(this.#kernel)
  readonly #fs = createNodeFs({ kernel: this.#kernel, calendar: this.#calendar, memoryBytes: 1 << 30 })
  readonly #files = virtualFiles(this.#fs, workingDirectory)
  readonly #kubectl = this.#timed(kubectlProgram((call) => this.#host(call)))
  readonly #server
  readonly #config: KubeconfigState
  #digits = 10_000
  #editor = ''
  #editorSaw: string | undefined
  #user = 'admin'

  constructor(session: Session) {
    this.#session = session
    for (const directory of [workingDirectory, homeDirectory, '/tmp']) this.#fs.mkdirAll(directory, 0o755)
    const random = createRandomStreams(session.name)
    const minor = Number(session.server.split('.')[1])
    this.#config = {
      contexts: [{ name: 'c', cluster: 'c', user: 'admin' }],
      currentContext: 'c',
      // The recorder of v1.36 did not look at certificates, as `config view` shows.
      isInsecure: minor >= 36,
    }
    const plane = createControlPlane({
      kernel: this.#kernel,
      calendar: this.#calendar,
      journal: createJournal(this.#kernel, 'off'),
      random,
      minor,
      gates: resolveFeatureGates(minor, session.gates),
      admission: { podPreset: minor < 20 },
    })
    this.#server = plane.server
    plane.start()
    this.#advance(600_000)
    this.#makeNodes()
    this.#renewLeases()
    this.#numberServiceAsRecorded()
    this.#givePullSecretAsRecorded()
    this.#advance(5000)
    this.#http('DELETE', '/api/v1/namespaces/default/events')
  }

  run(): readonly StepResult[] {
    return this.#session.steps.flatMap((step, i) => {
      const row = `${this.#session.name}/${this.#session.kubectl}#${i}`
      if (step.file !== undefined) this.#files.write(step.file, utf8Bytes(step.content ?? ''))
      if (step.waitSeconds !== undefined) this.#advance(step.waitSeconds * 1000)
      if (step.api !== undefined) return [this.#api(row, step)]
      if (step.command === undefined) return []
      return [this.#command(row, step, step.command)]
    })
  }

  #advance(ms: number): void {
    this.#clock.run(this.#kernel.now() + Math.round(ms))
  }

  #makeNodes(): void {
    const time = rfc3339(this.#calendar.at(this.#kernel.now()))
    const condition = (type: string, status: string, reason: string, message: string) => ({
      type,
      status,
      reason,
      message,
      lastHeartbeatTime: time,
      lastTransitionTime: time,
    })
    for (const [name, extra] of [
      ['node-1', { disk: 'ssd' }],
      ['node-2', {}],
    ] as const) {
      const amounts = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi' }
      const body = {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name,
          labels: {
            'kubernetes.io/hostname': name,
            'kubernetes.io/os': 'linux',
            'kubernetes.io/arch': 'amd64',
            ...extra,
          },
        },
        status: {
          capacity: amounts,
          allocatable: amounts,
          conditions: [
            condition(
              'MemoryPressure',
              'False',
              'KubeletHasSufficientMemory',
              'kubelet has sufficient memory available',
            ),
            condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
            condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
            condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
          ],
        },
      }
      this.#http('POST', '/api/v1/nodes', body)
      const lease = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, namespace: 'kube-node-lease' },
        spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: time.replace('Z', '.000000Z') },
      }
      this.#http('POST', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', lease)
    }
    this.#advance(100)
  }

  /** The recorded server gave addresses of another range to services. */
  #numberServiceAsRecorded(): void {
    const answer = this.#http('GET', '/api/v1/namespaces/default/services/kubernetes')
    const service = JSON.parse('body' in answer ? answer.body : '{}')
    const minor = Number(this.#session.server.split('.')[1])
    const spec = { ...service.spec, clusterIP: minor < 36 ? '10.0.0.1' : '10.96.0.1' }
    this.#server.seed(
      { group: '', version: 'v1', resource: 'services' },
      { apiVersion: 'v1', kind: 'Service', metadata: service.metadata, ...{ spec } },
    )
  }

  /** The v1.36 sessions shared one default account, which had a pull secret by then, as their Pods show. */
  #givePullSecretAsRecorded(): void {
    if (Number(this.#session.server.split('.')[1]) < 36) return
    const name = recordedPullSecret(this.#session.steps)
    const path = '/api/v1/namespaces/default/serviceaccounts/default'
    if (name !== undefined)
      this.#http('PATCH', path, { imagePullSecrets: [{ name }] }, 'application/strategic-merge-patch+json')
  }

  /** As the recording did: every 5 s, a lease of each node. */
  #renewLeases(): void {
    const renewTime = rfc3339(this.#calendar.at(this.#kernel.now())).replace('Z', '.000000Z')
    for (const name of ['node-1', 'node-2']) {
      const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`
      this.#http('PATCH', path, { spec: { renewTime } }, 'application/merge-patch+json')
    }
    this.#kernel.schedule(5000, () => this.#renewLeases())
  }

  #http(method: string, path: string, body?: unknown, contentType = 'application/json') {
    return this.#server.http({
      user: userNamed('admin'),
      method,
      path,
      headers: { 'content-type': contentType, accept: 'application/json' },
      body: body === undefined ? '' : JSON.stringify(body),
    })
  }

  #api(row: string, step: SessionStep): StepResult {
    const { method = 'GET', path = '', contentType, body } = step.api ?? {}
    const now = this.#calendar.at(this.#kernel.now())
    const text = JSON.stringify(body)
      .replace(/\$\(now-(\d+)s\)/g, (_, seconds: string) => rfc3339(now - Number(seconds) * 1000))
      .replace(/\$\(uid:([^)]+)\)/g, (_, name: string) => {
        const pod = this.#http('GET', `/api/v1/namespaces/default/pods/${name}`)
        return 'body' in pod ? JSON.parse(pod.body).metadata?.uid : ''
      })
    const answer = this.#http(method, path, JSON.parse(text), contentType)
    this.#advance(20)
    const passed = answer.code === step.code
    const diff = passed
      ? ''
      : `code ${answer.code}, wanted ${step.code}: ${'body' in answer ? answer.body.slice(0, 300) : ''}`
    return { row, command: `${method} ${path}`, passed, diff }
  }

  #command(row: string, step: SessionStep, command: string): StepResult {
    this.#editor = step.editor ?? ''
    this.#editorSaw = undefined
    this.#user = step.user ?? 'admin'
    const output = this.#shell(command)
    const problems: string[] = []
    const compare = (what: string, expected: string, actual: string): void => {
      if (sessionTextDiffers(command, expected, actual))
        problems.push(`${what} wanted:\n${expected}\n${what} was:\n${actual}`)
    }
    if (output.exitCode !== step.exit) problems.push(`exit ${output.exitCode}, wanted ${step.exit}`)
    compare('stdout', step.stdout ?? '', output.stdout)
    compare('stderr', step.stderr ?? '', output.stderr)
    if (step.editorSaw !== undefined) compare('editor', step.editorSaw, this.#editorSaw ?? '')
    for (const { pod, node } of toldNodes(output.stdout)) {
      const on = this.#nodeOf(pod)
      if (on !== undefined && on !== node) problems.push(`${pod} is on ${on}, not on ${node}`)
    }
    return { row, command, passed: problems.length === 0, diff: problems.join('\n') }
  }

  #host({ stdin, directory, env }: KubectlSurroundings): KubectlHost {
    return {
      clientVersion: this.#session.kubectl,
      serverAddress: 'https://10.0.0.1:6443',
      http: (request) => this.#server.http(request),
      user: userNamed(this.#user),
      now: () => this.#calendar.at(this.#kernel.now()),
      until: (condition, timeoutMs) => this.#clock.until(condition, timeoutMs),
      files: virtualFiles(this.#fs, directory),
      // The recording connected standard input to nothing that ends.
      stdin: stdin ?? new Uint8Array(),
      env: new Map([...env, ['EDITOR', 'scripted-editor']]),
      digits: (n) =>
        String(this.#digits++)
          .padStart(n, '0')
          .slice(-n),
      config: this.#config,
      edit: (_, path) => this.#edit(path),
      logs: ({ namespace, pod }) => this.#nodeProblem(namespace, pod) ?? { ok: true, text: '', ended: true },
      exec: ({ namespace, pod }) => {
        const { message } = this.#nodeProblem(namespace, pod) ?? { message: 'no container runs here' }
        return { ok: false, message: `unable to upgrade connection: ${message}` }
      },
    }
  }

  /** The recorded nodes had no addresses. */
  #nodeProblem(namespace: string, pod: string): NodeProblem | undefined {
    const found = <T>(path: string): T | undefined => {
      const answer = this.#http('GET', path)
      return 'body' in answer && answer.code === 200 ? (JSON.parse(answer.body) as T) : undefined // the path says what it is
    }
    const about = found<Pod>(`/api/v1/namespaces/${namespace}/pods/${pod}`)
    return nodeProblem(about, (name) => found<Node>(`/api/v1/nodes/${name}`))
  }

  /** Undefined: there is no such Pod any more, or it has no node. */
  #nodeOf(pod: string): string | undefined {
    const answer = this.#http('GET', `/api/v1/namespaces/default/pods/${pod}`)
    return 'body' in answer ? (JSON.parse(answer.body) as Partial<Pod>).spec?.nodeName : undefined // or a Status
  }

  #edit(path: string): number {
    this.#editorSaw = utf8Text(this.#files.read(path) ?? new Uint8Array())
    return this.#shell(this.#editor, [path]).exitCode
  }

  /** Each line is a shell of its own, as the recording ran them. */
  #shell(script: string, positional: readonly string[] = []): CommandLineResult {
    const line = new CommandLine({
      kernel: this.#kernel,
      files: this.#fs,
      user: { uid: 0, gid: 0, groups: [] },
      directory: workingDirectory,
      environment: new Map([['HOME', homeDirectory]]),
      epochNow: () => this.#calendar.at(this.#kernel.now()),
      randomBytes: (count) => '\0'.repeat(count),
      after: (ms) => this.#clock.after(ms),
      program: (name) => (name === 'kubectl' ? this.#kubectl : undefined),
    })
    const running = line.start(script, { positional })
    this.#clock.run(Number.POSITIVE_INFINITY, () => running.exitCode !== undefined)
    return running.result()
  }

  /** A real kubectl takes its time. */
  #timed(program: WorldProgram): WorldProgram {
    const clock = this.#clock
    return function* timed(call): Steps<number> {
      const code = yield* program(call)
      yield* wait(clock.after(commandMs))
      return code
    }
  }
}

export function userNamed(name: string): UserInfo {
  return { name, uid: name, groups: [name === 'admin' ? 'system:masters' : 'developers', 'system:authenticated'] }
}

/** The pull secret of the default account before the first command: in what is shown of it, or in a patch that changes nothing. */
function recordedPullSecret(steps: readonly SessionStep[]): string | undefined {
  for (const { command = '', stdout = '' } of steps) {
    const shown = /^\s*imagePullSecrets:\n\s*- name: (\S+)$/m.exec(stdout)?.[1]
    const described = /^Image pull secrets: +(?!<none>)(\S+)$/m.exec(stdout)?.[1]
    const patched = /\(no change\)/.test(stdout)
      ? /"imagePullSecrets": *\[\{"name": *"([^"]+)"/.exec(command)?.[1]
      : undefined
    const found = shown ?? described ?? patched
    if (found !== undefined) return found
  }
  return undefined
}
