import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UserInfo } from '../../src/apiserver/client/client.ts'
import { createControlPlane } from '../../src/cluster/control-plane.ts'
import { createCalendar, defaultEpochMs, rfc3339 } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { type KubectlProcess, runKubectl, startKubectl } from '../../src/kubectl/cli/run.ts'
import type { KubeconfigState, KubectlHost } from '../../src/kubectl/host.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { MemoryFiles } from './memory-files.ts'
import { sessionTextDiffers } from './session-match.ts'

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
  readonly gates: Readonly<Record<string, boolean>>
  readonly steps: readonly SessionStep[]
}

export interface StepResult {
  readonly row: string
  readonly command: string
  readonly passed: boolean
  readonly diff: string
}

interface Output {
  stdout: string
  stderr: string
  exit: number
}

/** How long a command takes; a real kubectl needs about this much. */
const commandMs = 200

export class SessionRun {
  readonly #session: Session
  readonly #kernel = createKernel()
  readonly #calendar = createCalendar(defaultEpochMs)
  readonly #files = new MemoryFiles()
  readonly #server
  readonly #background: { process: KubectlProcess; file: string; until: number }[] = []
  readonly #config: KubeconfigState = {
    contexts: [{ name: 'c', cluster: 'c', user: 'admin' }],
    currentContext: 'c',
  }
  #digits = 10_000
  #editor = ''
  #editorSaw: string | undefined
  #user = 'admin'

  constructor(session: Session) {
    this.#session = session
    const random = createRandomStreams(session.name)
    const plane = createControlPlane({
      kernel: this.#kernel,
      calendar: this.#calendar,
      journal: createJournal(this.#kernel, 'off'),
      random,
      minor: 18,
      gates: resolveFeatureGates(18, session.gates),
      admission: { podPreset: true },
    })
    this.#server = plane.server
    plane.start()
    this.#advance(600_000)
    this.#makeNodes()
    this.#renewLeases()
    this.#numberServiceAsRecorded()
    this.#advance(5000)
    this.#http('DELETE', '/api/v1/namespaces/default/events')
  }

  run(): readonly StepResult[] {
    return this.#session.steps.flatMap((step, i) => {
      const row = `${this.#session.name}/${this.#session.kubectl}#${i}`
      if (step.file !== undefined) this.#files.write(step.file, Buffer.from(step.content ?? ''))
      if (step.waitSeconds !== undefined) this.#advance(step.waitSeconds * 1000)
      if (step.api !== undefined) return [this.#api(row, step)]
      if (step.command === undefined) return []
      return [this.#command(row, step, step.command)]
    })
  }

  #advance(ms: number): void {
    const end = this.#kernel.now() + Math.round(ms)
    while (this.#kernel.now() < end) {
      this.#kernel.runUntil(Math.min(end, this.#kernel.now() + 50))
      this.#pollBackground()
    }
  }

  #pollBackground(): void {
    for (const job of this.#background) {
      job.process.poll()
      if (this.#kernel.now() >= job.until) job.process.stop(124)
      this.#files.write(job.file, Buffer.from(job.process.chunks.map(({ text }) => text).join('')))
    }
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
    const spec = { ...service.spec, clusterIP: '10.0.0.1' }
    this.#server.seed(
      { group: '', version: 'v1', resource: 'services' },
      { apiVersion: 'v1', kind: 'Service', metadata: service.metadata, ...{ spec } },
    )
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
    this.#advance(commandMs)
    const problems: string[] = []
    const compare = (what: string, expected: string, actual: string): void => {
      if (sessionTextDiffers(command, expected, actual))
        problems.push(`${what} wanted:\n${expected}\n${what} was:\n${actual}`)
    }
    if (output.exit !== step.exit) problems.push(`exit ${output.exit}, wanted ${step.exit}`)
    compare('stdout', step.stdout ?? '', output.stdout)
    compare('stderr', step.stderr ?? '', output.stderr)
    if (step.editorSaw !== undefined) compare('editor', step.editorSaw, this.#editorSaw ?? '')
    return { row, command, passed: problems.length === 0, diff: problems.join('\n') }
  }

  #host(stdin: string): KubectlHost {
    return {
      clientVersion: this.#session.kubectl,
      serverAddress: 'https://10.0.0.1:6443',
      http: (request) => this.#server.http(request),
      user: userNamed(this.#user),
      now: () => this.#calendar.at(this.#kernel.now()),
      wait: (condition, timeoutMs) =>
        this.#kernel.runUntilTrue(() => {
          this.#pollBackground()
          return condition()
        }, this.#kernel.now() + timeoutMs),
      files: this.#files,
      stdin: Buffer.from(stdin),
      env: new Map([['EDITOR', 'scripted-editor']]),
      digits: (n) =>
        String(this.#digits++)
          .padStart(n, '0')
          .slice(-n),
      config: this.#config,
      edit: (_, path) => this.#edit(path),
    }
  }

  #edit(path: string): number {
    this.#editorSaw = Buffer.from(this.#files.read(path) ?? []).toString()
    return this.#inBash(`set -- "${path.replace(/^\//, './root/')}"; ${this.#editor}`, '').exit
  }

  #shell(script: string): Output {
    const total: Output = { stdout: '', stderr: '', exit: 0 }
    if (!script.includes('kubectl')) return this.#inBash(script, '')
    for (const part of splitTop(script, ';')) {
      const one = this.#pipeline(part)
      total.stdout += one.stdout
      total.stderr += one.stderr
      total.exit = one.exit
    }
    return total
  }

  #pipeline(text: string): Output {
    const background = /^\(timeout (\d+) kubectl (.*) > (\S+) 2>&1 &\)$/.exec(text)
    if (background !== null) {
      const process = startKubectl(words(background[2] ?? ''), this.#host(''))
      this.#background.push({
        process,
        file: background[3] ?? '',
        until: this.#kernel.now() + Number(background[1]) * 1000,
      })
      return { stdout: '', stderr: '', exit: 0 }
    }
    const sleep = /^sleep ([\d.]+)$/.exec(text)
    if (sleep !== null) {
      this.#advance(Number(sleep[1]) * 1000)
      return { stdout: '', stderr: '', exit: 0 }
    }
    const [first = '', ...rest] = splitTop(text, '|')
    let current = this.#simple(first, '')
    let stderr = current.stderr
    for (const [i, next] of rest.entries()) {
      // What bash can do alone, it does at once.
      if (next.startsWith('kubectl')) {
        current = this.#simple(next, current.stdout)
        stderr += current.stderr
        continue
      }
      current = this.#inBash(rest.slice(i).join(' | '), current.stdout)
      stderr += current.stderr
      break
    }
    return { ...current, stderr }
  }

  #simple(text: string, stdin: string): Output {
    if (!text.startsWith('kubectl')) return this.#inBash(text, stdin)
    const substituted = text.replace(/\$\((kubectl [^()]*(?:\([^()]*\))?[^()]*)\)/g, (_, inner: string) =>
      this.#simple(inner, '').stdout.trim(),
    )
    const redirect = /^(.*?)\s+(2)?>\s*(\S+)$/.exec(substituted)
    const result = runKubectl(words(redirect?.[1] ?? substituted).slice(1), this.#host(stdin))
    const output = { stdout: result.stdout, stderr: result.stderr, exit: result.exitCode }
    if (redirect === null) return output
    if (redirect[2] === '2') return { ...output, stderr: '' }
    this.#files.write(redirect[3] ?? '', Buffer.from(output.stdout))
    return { ...output, stdout: '' }
  }

  /** Runs what is no kubectl in a real shell over a copy of the files. */
  #inBash(script: string, stdin: string): Output {
    const root = mkdtempSync(join(tmpdir(), 'session-'))
    const prefix = `${this.#files.workingDirectory}/`
    const local = (path: string): string =>
      join(root, path.startsWith(prefix) ? path.slice(prefix.length) : `root${path}`)
    for (const [path, content] of this.#files.contents) {
      mkdirSync(join(local(path), '..'), { recursive: true })
      writeFileSync(local(path), content)
    }
    let output: Output
    try {
      output = {
        stdout: execFileSync('bash', ['-c', script], {
          cwd: root,
          input: stdin,
          stdio: 'pipe',
          maxBuffer: 1e8,
        }).toString(),
        stderr: '',
        exit: 0,
      }
    } catch (error) {
      const failed = error as { stdout?: Buffer; stderr?: Buffer; status?: number } // what execFileSync throws
      output = { stdout: String(failed.stdout ?? ''), stderr: String(failed.stderr ?? ''), exit: failed.status ?? 1 }
    }
    const walk = (directory: string, into: string): void => {
      for (const name of readdirSync(directory)) {
        const path = join(directory, name)
        const target = into === prefix && name === 'root' ? '/' : `${into}${name}`
        if (statSync(path).isDirectory()) walk(path, target === '/' ? '/' : `${target}/`)
        else this.#files.write(target, readFileSync(path))
      }
    }
    walk(root, prefix)
    rmSync(root, { recursive: true })
    return output
  }
}

export function userNamed(name: string): UserInfo {
  return { name, groups: [name === 'admin' ? 'system:masters' : 'developers', 'system:authenticated'] }
}

/** Splits outside quotes and parentheses. */
function splitTop(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let part = ''
  let quote = ''
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === '\\' && quote !== "'") {
      part += char + text.charAt(++i)
      continue
    }
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === "'" || char === '"') quote = char
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === separator && depth === 0) {
      parts.push(part.trim())
      part = ''
      continue
    }
    part += char
  }
  parts.push(part.trim())
  return parts.filter((one) => one !== '')
}

/** Words of a simple command, unquoted; unset variables are empty. */
function words(text: string): readonly string[] {
  const found: string[] = []
  let word: string | undefined
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === "'") {
      const end = text.indexOf("'", i + 1)
      word = (word ?? '') + text.slice(i + 1, end)
      i = end
    } else if (char === '"') {
      const end = text.indexOf('"', i + 1)
      word = (word ?? '') + text.slice(i + 1, end)
      i = end
    } else if (char === '\\') word = (word ?? '') + text.charAt(++i)
    else if (char === '$' && /\w/.test(text.charAt(i + 1))) i += /^\w+/.exec(text.slice(i + 1))?.[0].length ?? 0
    else if (/\s/.test(char)) {
      if (word !== undefined) found.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (word !== undefined) found.push(word)
  return found
}
