import type { Pod } from '../api/types/core.ts'
import { authenticated, nodeNameOf, nodesGroup, nodeUser } from '../apiserver/auth/users.ts'
import { utf8Bytes, utf8Text } from '../bytes/bytes.ts'
import type { UserInfo } from '../client/client.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { adminUser } from '../cluster/control-plane.ts'
import type { VirtualFiles } from '../fs/virtual-files.ts'
import { type Calendar, rfc3339Micro } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStream } from '../kernel/random.ts'
import { type KubectlProcess, runKubectl, startKubectl } from '../kubectl/cli/run.ts'
import type { ExecAnswer, ExecRequest, KubectlHost, LogAnswer, LogRequest } from '../kubectl/host.ts'
import type { KubectlCall } from '../kubectl/shell/host.ts'
import { runShell } from '../kubectl/shell/shell.ts'
import type { CommandResult } from '../looks/containers.ts'
import { findContainer } from '../looks/containers.ts'
import type { CommandOptions } from './sim.ts'

export interface CommandWorld {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly random: RandomStream
  readonly cluster: Cluster
  readonly files: VirtualFiles
  readonly clientVersion: string
  readonly podOf: (namespace: string, name: string) => Pod | undefined
  /** What lies in etcd for a Secret. */
  readonly etcdValue: (namespace: string, name: string) => Uint8Array | undefined
  /** Whether the people's own way to the API server is open. */
  readonly isReachable: () => boolean
}

/** Where kubectl reaches the API server, as its kubeconfig says. */
const serverAddress = 'https://10.0.0.1:6443'

/** The world of command lines: one working directory, one kubeconfig, one shell environment for a whole scenario. */
export interface Commands {
  kubectl(argv: readonly string[], options: CommandOptions): CommandResult
  shell(script: string, options: CommandOptions): CommandResult
  /** Namespace of kubectl's present context. */
  namespace(): string
}

export function createCommands(world: CommandWorld): Commands {
  const config: KubectlHost['config'] = {
    contexts: [{ name: 'podsim', cluster: 'podsim', user: 'admin' }],
    currentContext: 'podsim',
  }
  const env = new Map<string, string>([
    ['HOME', world.files.workingDirectory],
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['PWD', world.files.workingDirectory],
    ['USER', 'user'],
  ])
  const hostFor = (options: CommandOptions, call: Pick<KubectlCall, 'stdin' | 'env' | 'files'>): KubectlHost => ({
    clientVersion: world.clientVersion,
    serverAddress,
    http: (request) =>
      world.isReachable()
        ? world.cluster.controlPlane.server.http(request)
        : { kind: 'network', message: 'dial tcp 10.0.0.1:6443: connect: connection refused' },
    user: userOf(options.as),
    now: () => world.calendar.at(world.kernel.now()),
    wait: (condition, timeoutMs) => world.kernel.runUntilTrue(condition, world.kernel.now() + timeoutMs),
    files: call.files,
    stdin: call.stdin,
    env:
      options.editor === undefined
        ? call.env
        : new Map([...call.env, ['EDITOR', editorName], ['KUBE_EDITOR', editorName]]),
    digits: (n) => Array.from({ length: n }, () => String(world.random.integer(0, 10))).join(''),
    config,
    edit: (_editor, path) => shell(`set -- ${JSON.stringify(path)}\n${options.editor ?? ''}`, {}).exitCode,
    exec: (request) => exec(world, request),
    logs: (request) => logs(world, request),
  })
  const shell = (script: string, options: CommandOptions): CommandResult =>
    runShell(script, {
      files: world.files,
      env,
      now: () => world.calendar.at(world.kernel.now()),
      sleep: (ms) => world.kernel.runUntil(world.kernel.now() + ms),
      etcd(key) {
        const [, namespace, name] = /^\/registry\/secrets\/([^/]+)\/([^/]+)$/.exec(key) ?? []
        return namespace === undefined || name === undefined ? undefined : world.etcdValue(namespace, name)
      },
      kubectl: (call, limitMs) =>
        runToEnd(world.kernel, startKubectl(call.argv, hostFor(options, call)), call, limitMs),
    })
  return {
    kubectl: (argv, options) =>
      runKubectl(
        argv,
        hostFor(options, {
          files: world.files,
          env,
          stdin: options.stdin === undefined ? undefined : utf8Bytes(options.stdin),
        }),
      ),
    shell(script, options) {
      if (options.stdin === undefined) return shell(script, options)
      // The shell has no standard input of its own: the first command gets it through a pipe.
      world.files.write(stdinFile, utf8Bytes(options.stdin))
      const result = shell(`cat ${stdinFile} | ${script}`, options)
      world.files.remove(stdinFile)
      return result
    },
    namespace: () => config.contexts.find(({ name }) => name === config.currentContext)?.namespace ?? 'default',
  }
}

const stdinFile = '/tmp/podsim-stdin'

/** Lets time pass until kubectl ends or `limitMs` are over; what it writes goes on as it comes. */
function runToEnd(kernel: Kernel, running: KubectlProcess, call: KubectlCall, limitMs: number | undefined): number {
  const deadline = limitMs === undefined ? Number.POSITIVE_INFINITY : kernel.now() + limitMs
  let written = 0
  const pass = () => {
    for (; written < running.chunks.length; written++) {
      const chunk = running.chunks[written]
      if (chunk !== undefined) call.output(chunk.fd, chunk.text)
    }
  }
  pass()
  while (running.waiting !== undefined) {
    const { until, timeoutMs } = running.waiting
    kernel.runUntilTrue(until, Math.min(deadline, kernel.now() + timeoutMs))
    if (kernel.now() >= deadline && !running.poll()) running.stop(timedOutCode)
    else running.poll()
    pass()
  }
  return running.exitCode ?? 0
}

/** What `timeout` answers when it had to end a command. Source: coreutils timeout. */
const timedOutCode = 124

const editorName = 'podsim-editor'

/** Names that steps act as: `admin`, a node's or account's name with its groups, or anybody else without groups. */
export function userOf(name: string | undefined): UserInfo {
  if (name === undefined || name === adminUser.name) return adminUser
  const anybody = authenticated({ name, groups: [] })
  const node = nodeNameOf({ name, groups: [nodesGroup] })
  return node === undefined ? anybody : nodeUser(node)
}

function exec(world: CommandWorld, request: ExecRequest): ExecAnswer {
  const found = findContainer(world.cluster, world.podOf(request.namespace, request.pod), request.container)
  if (found === undefined || found.container.state !== 'running') {
    return { ok: false, message: `unable to upgrade connection: container not found ("${request.container}")` }
  }
  const result = found.machine.runtime.exec(
    found.container.id,
    request.argv,
    request.stdin === undefined ? undefined : utf8Text(request.stdin),
  )
  return result.ok ? { ok: true, ...result.value } : { ok: false, message: result.message }
}

function logs(world: CommandWorld, request: LogRequest): LogAnswer {
  const pod = world.podOf(request.namespace, request.pod)
  const found = findContainer(world.cluster, pod, request.container, request.previous)
  if (found === undefined) {
    const what = request.previous ? 'previous terminated container' : 'container'
    const tail = request.previous ? 'not found' : 'is waiting to start: ContainerCreating'
    return {
      ok: false,
      reason: 'BadRequest',
      message: `${what} "${request.container}" in pod "${request.pod}" ${tail}`,
    }
  }
  const { sinceMs, tailLines, timestamps } = request
  const lines = found.machine.runtime
    .logs(found.container.id)
    .filter(({ at }) => sinceMs === undefined || world.calendar.at(at) >= sinceMs)
  const shown = tailLines === undefined ? lines : lines.slice(Math.max(0, lines.length - tailLines))
  const text = shown
    .map(({ at, line }) => `${timestamps ? `${nanoTime(world.calendar.at(at))} ` : ''}${line}\n`)
    .join('')
  return { ok: true, text, ended: found.container.state === 'exited' }
}

/** RFC 3339 with nine digits, as container runtimes stamp lines. */
function nanoTime(epochMs: number): string {
  return rfc3339Micro(epochMs).replace(/Z$/, '000Z')
}
