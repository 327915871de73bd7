import type { Pod } from '../api/types/core.ts'
import { utf8Bytes } from '../bytes/bytes.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { adminUser } from '../cluster/control-plane.ts'
import { userActingAs } from '../cluster/users.ts'
import type { FileView } from '../fs/node-fs.ts'
import { virtualFiles } from '../fs/virtual-files.ts'
import { throwingBugs } from '../kernel/bugs.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStreams } from '../kernel/random.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { KubectlHost } from '../kubectl/host.ts'
import type { CommandResult } from '../looks/containers.ts'
import { CommandLine, type LineOptions, type RunningLine } from '../shell/command-line.ts'
import { etcdctl } from '../shell/tools/etcdctl.ts'
import { DrawnTimes } from './command-times.ts'
import { attachToContainer, execInContainer, followLog, logsOfContainer } from './container-requests.ts'
import { millisecondsOf } from './input/formats.ts'
import { kubectlProgram } from './kubectl-program.ts'
import { kustomizeProgram } from './kustomize-program.ts'
import type { SimSettings } from './resolve-options.ts'
import { goOn, startKubectl } from './run-kubectl.ts'
import type { Command, CommandOptions, RunningCommand } from './sim.ts'
import { TerminalClock } from './terminal-clock.ts'
import { homeDirectory } from './working-files.ts'

export interface CommandWorld {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly random: RandomStreams
  readonly cluster: Cluster
  /** Those of the machine that the commands run on. */
  readonly files: FileView
  readonly settings: Pick<SimSettings, 'minor' | 'kubectl' | 'commandTime'>
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
  start(command: Command, options: CommandOptions): RunningCommand
  kubectl(argv: readonly string[], options: CommandOptions): CommandResult
  shell(script: string, options: CommandOptions): CommandResult
  /** Namespace of kubectl's present context. */
  namespace(): string
  /** Calls `work` in `ms`, when all that is due then has happened. */
  at(ms: VirtualMs, work: () => void): { cancel(): void }
  /** Lets the world go on until `endMs` or until `isOver`, and with it what runs beside the command lines. */
  run(endMs: VirtualMs, isOver?: () => boolean): boolean
}

export function createCommands(world: CommandWorld): Commands {
  const config: KubectlHost['config'] = {
    contexts: [{ name: 'podsim', cluster: 'podsim', user: 'admin' }],
    currentContext: 'podsim',
  }
  const env = new Map<string, string>([
    ['HOME', homeDirectory],
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['USER', 'user'],
  ])
  const { kernel, calendar, settings } = world
  const random = world.random.stream('kubectl')
  const way = world.cluster.controlPlane.outside
  const times = new DrawnTimes(kernel, way, settings.commandTime, world.random.stream('kubectl/time'))
  const clock = new TerminalClock(kernel)
  const hostFor = (options: CommandOptions, call: Pick<KubectlHost, 'stdin' | 'env' | 'files'>): KubectlHost => ({
    clientVersion: settings.kubectl,
    serverAddress,
    times: options.commandTime === undefined ? times : times.withOwn(millisecondsOf(options.commandTime)),
    http: (request) =>
      world.isReachable()
        ? world.cluster.controlPlane.server.http(request)
        : { kind: 'network', message: 'dial tcp 10.0.0.1:6443: connect: connection refused' },
    user: userActingAs(options.as ?? adminUser.name),
    now: () => calendar.at(kernel.now()),
    until: (condition, timeoutMs) => clock.until(condition, timeoutMs),
    files: call.files,
    stdin: call.stdin,
    env:
      options.editor === undefined
        ? call.env
        : new Map([...call.env, ['EDITOR', editorName], ['KUBE_EDITOR', editorName]]),
    digits: (n) => Array.from({ length: n }, () => String(random.integer(0, 10))).join(''),
    config,
    edit: (_editor, path) => inOne(startShell(options.editor ?? '', {}, [path])).exitCode,
    exec: (request) => execInContainer(world, request),
    attach: (target, ears) => attachToContainer(world, target, ears),
    logs: (request) => logsOfContainer(world, request),
    followLogs: (request, heard) => followLog(world, request, heard),
  })
  const kubectlOf = (options: CommandOptions) =>
    kubectlProgram((call) => hostFor(options, { ...call, files: virtualFiles(world.files, call.directory) }))
  const kustomize = kustomizeProgram(settings.kubectl, (directory) => virtualFiles(world.files, directory))
  const etcd = etcdctl((key) => {
    const [, namespace, name] = /^\/registry\/secrets\/([^/]+)\/([^/]+)$/.exec(key) ?? []
    return namespace === undefined || name === undefined ? undefined : world.etcdValue(namespace, name)
  })
  const line = new CommandLine({
    kernel,
    files: world.files,
    user: { uid: 0, gid: 0, groups: [] },
    directory: homeDirectory,
    environment: env,
    epochNow: () => calendar.at(kernel.now()),
    randomBytes: (count) => Array.from({ length: count }, () => String.fromCharCode(random.integer(0, 256))).join(''),
    after: (ms) => clock.after(ms),
    // Each line has its own kubectl: steps may act as somebody else.
    program: () => undefined,
  })
  const startShell = (script: string, options: CommandOptions, positional: readonly string[] = []): RunningLine => {
    const programs = new Map([
      ['kubectl', kubectlOf(options)],
      ['kustomize', kustomize],
      ['etcdctl', etcd],
    ])
    const program: LineOptions['program'] = (name) => programs.get(name)
    return throwingBugs(() => line.start(script, { positional, program, ...stdinOf(options) }))
  }
  const startArgv = (argv: readonly string[], options: CommandOptions): RunningLine => {
    const files = virtualFiles(world.files, homeDirectory)
    return startKubectl(kernel, argv, hostFor(options, { files, env, stdin: stdinOf(options).stdin }))
  }
  const inOne = (running: RunningLine): CommandResult => {
    goOn(running, clock)
    return running.result()
  }
  return {
    start(command, options) {
      const running =
        'shell' in command
          ? startShell(command.shell, options)
          : typeof command.kubectl === 'string'
            ? startShell(`kubectl ${command.kubectl}`, options)
            : startArgv(command.kubectl, options)
      return new StartedCommand(running, clock)
    },
    kubectl: (argv, options) => inOne(startArgv(argv, options)),
    namespace: () => config.contexts.find(({ name }) => name === config.currentContext)?.namespace ?? 'default',
    shell: (script, options) => inOne(startShell(script, options)),
    at(ms, work) {
      const appointment = clock.after(ms).subscribe(work)
      return { cancel: () => appointment.unsubscribe() }
    },
    run: (endMs, isOver) => clock.run(endMs, isOver),
  }
}

class StartedCommand implements RunningCommand {
  readonly #running: RunningLine
  readonly #clock: TerminalClock

  constructor(running: RunningLine, clock: TerminalClock) {
    this.#running = running
    this.#clock = clock
  }

  get result(): CommandResult | undefined {
    return this.#running.exitCode === undefined ? undefined : this.#running.result()
  }

  goOn(isOver?: () => boolean): CommandResult | undefined {
    goOn(this.#running, this.#clock, isOver)
    return this.result
  }

  interrupt(): void {
    throwingBugs(() => this.#running.stop())
  }
}

function stdinOf({ stdin }: CommandOptions): { readonly stdin?: Uint8Array } {
  return stdin === undefined ? {} : { stdin: utf8Bytes(stdin) }
}

const editorName = 'podsim-editor'
