import type { FileView, FsUser } from '../fs/node-fs.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Once } from '../kernel/once.ts'
import { forever, type Steps, sleep } from '../kernel/steps.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { ByteText } from './byte-text.ts'
import type { ProcessTable } from './engine/process-table.ts'
import type { Source } from './engine/streams.ts'
import type { FileWatch } from './file-watch.ts'
import type { ContainerNetwork, WireReply, WireRequest } from './net/network.ts'

/** What a process of a container has to do with the world. */
export interface ProcessContext {
  readonly kernel: Kernel
  /** The container's root, with its mounts, as the process's user sees it. */
  readonly files: FileView
  /** In the order in which the kubelet resolved it, the image's own first. */
  readonly env: ReadonlyMap<string, string>
  /** Program and arguments. */
  readonly argv: readonly string[]
  readonly workingDir: string
  readonly user: FsUser
  readonly hostname: string
  /** 1 for a container's main process. */
  readonly pid: number
  /** All processes of the container. */
  readonly processes: ProcessTable
  /** Milliseconds since 1970. */
  epochNow(): number
  write(stream: 'stdout' | 'stderr', bytes: ByteText): void
  /** Writes into the container's log, whichever process it is: what /proc/1/fd/1 and 2 lead to. */
  writeLog(stream: 'stdout' | 'stderr', bytes: ByteText): void
  readonly stdin: ByteText
  /** What follows it, a piece at a time, where somebody is there who types or sends. */
  readonly input?: LiveInput | undefined
  /** Takes memory (negative: gives it back) that counts against the container's limit; false: the kernel is about to kill it. */
  useMemory(bytes: number): boolean
  /** The same under one seed. */
  randomBytes(count: number): ByteText
  /** Answers when a name in a directory is made, removed or renamed: what an inotify watch on it would tell. */
  changed(directory: string): Once<void>
  /** The network as the container sees it; undefined: there is none. */
  readonly network?: ContainerNetwork | undefined
  /** Watches paths that are there, as they are now. Of files of mounts alone: of the container's own nobody tells. */
  watch(paths: readonly string[]): FileWatch
  /** What its program keeps by it, for the signals that it gets. In no table: of one that is old a run that is over would stay a while. */
  kept: object | undefined
}

/** Standard input of a process that somebody feeds while it runs. */
export interface LiveInput {
  readonly source: Source
  /** A terminal: a shell on it prompts. */
  readonly isTerminal: boolean
  /** Answers when somebody presses ctrl-C; only of a terminal. */
  interrupted(): Once<void>
}

/** Standard input with its other end: what is typed or sent, and that no more comes. */
export interface OpenInput extends LiveInput {
  type(bytes: ByteText): void
  close(): void
}

/** A running process: a body that waits by `yield*` and returns its exit code. */
export type ProgramRun = Steps<number>

export interface ProbeRequest {
  readonly kind: 'http' | 'tcp'
  readonly port: number
  readonly path?: string
}
export interface ProbeAnswer {
  readonly ok: boolean
  /** What the kubelet would put into its event: `HTTP probe failed with statuscode: 500`. */
  readonly output: string
  /** Of a program that is known to speak plain HTTP. */
  readonly isPlain?: true
}

/** What a program does on SIGTERM. */
export type Termination = { readonly afterMs: VirtualMs; readonly exitCode: number } | 'ignored'

/** What an image's container does. One object serves any number of containers: state lives in the run. */
export interface Program {
  /** Whether its run does nothing until it is stopped: then nobody need begin it. */
  readonly rests?: true
  /** What the process has become once it runs: an entrypoint that ends in `exec "$@"` is the command that it was given. */
  readonly argv?: readonly string[]
  run(task: ProcessContext): ProgramRun
  onTerm(task: ProcessContext): Termination
  /** Gives a signal to the program's own handler; true: it has one. Asked before `onTerm`. */
  signal?(task: ProcessContext, number: number): boolean
  /** Undefined: nobody listens on that port. */
  probe?(task: ProcessContext, request: ProbeRequest): ProbeAnswer | undefined
  /**
   * Answers an HTTP request on a port where it listens; undefined: it closes the connection. Without it, what `probe` says is
   * made an answer.
   */
  request?(task: ProcessContext, request: WireRequest): WireReply | undefined
  /**
   * Of a program that nobody knows: ports on which it is taken to listen beside those that its container declares, or on any,
   * if it declares none and none is given here. Undefined: the program is known.
   */
  assumedPorts?(task: ProcessContext): readonly number[] | undefined
}

/**
 * What a command is run for, which tells what to take for granted of a program that nobody knows: to run until it is stopped
 * (`serve`), to do its work and end (`task`: init containers, containers that are not restarted), to look or to be told of
 * something (`check`: probes and hooks). Undefined: somebody typed it.
 */
export type Duty = 'serve' | 'task' | 'check'

/**
 * Says what a command does in an image, or that the image has no such executable. `files`: those of the container, in which
 * scripts may lie.
 */
export type ProgramLookup = (argv: readonly string[], files?: FileView, duty?: Duty) => Program | undefined

/** What is taken of a program that nobody knows: it does its work and ends well, or it serves. */
export type Assumed = 'ends' | 'serves'

/** Where a program may lie, as far as it is to be known for what it is taken; files of a container are that. */
export interface Whereabouts {
  stat(path: string): { readonly ok: boolean }
  mounts(): readonly { readonly path: string }[]
}

/**
 * What is taken for granted of a command; undefined: podsim knows what it does, or that it is not there. `isInScript`: a
 * script names it, the container does not begin with it.
 */
export type Assumption = (
  name: ByteText,
  args: readonly ByteText[],
  files: Whereabouts,
  isInScript: boolean,
) => Assumed | undefined

/** An image as its registry describes it. */
export interface ImageDefinition {
  /** Without tag: `docker.io/library/busybox`, or as the user writes it. */
  readonly repository: string
  readonly sizeBytes: number
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly workingDir: string
  readonly user: number
  /** Its group, where the image names one beside its user. */
  readonly group?: number | undefined
  /** As the image names its user, where that is no number. */
  readonly userName?: string | undefined
  /** Its own /etc/passwd does not know that name. */
  readonly isUserUnknown?: true
  /** Nothing is known of the image, so that it may well have a user of its own: `runAsNonRoot` takes that for granted. */
  readonly mayHaveOwnUser?: true
  /**
   * Nothing is known of how the image begins: arguments that cannot be run are its entrypoint's, and its program is taken to make
   * the files that its probes look for.
   */
  readonly mayHaveEntrypoint?: true
  /** Files beside the directories that every image has; path to content. */
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly program: ProgramLookup
  /** Of commands that nobody simulates there, `program` takes this for granted, unless it is strict. */
  readonly assumes?: Assumption | undefined
}

/** Runs until it is stopped; costs no event. `ports`: where it listens, whatever its container declares. */
export function serveForever(termination: Termination, ports: readonly number[] = []): Program {
  return {
    rests: true,
    *run() {
      yield* forever()
      return 0
    },
    onTerm: () => termination,
    probe: () => ({ ok: true, output: '' }),
    // Nobody knows what it would say.
    request: () => ({ status: 200, body: '' }),
    assumedPorts: () => ports,
  }
}

/** Runs for a time, then ends. */
export function exitAfter(ms: VirtualMs, exitCode: number, termination: Termination): Program {
  return {
    *run() {
      yield* sleep(ms)
      return exitCode
    },
    onTerm: () => termination,
  }
}
