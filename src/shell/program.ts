import type { FileView, FsUser } from '../fs/node-fs.ts'
import type { VirtualMs } from '../kernel/time.ts'

/** What a process of a container has to do with the world. */
export interface ProcessContext {
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
  now(): VirtualMs
  /** Milliseconds since 1970. */
  epochNow(): number
  write(stream: 'stdout' | 'stderr', text: string): void
  readonly stdin: string
  /** Takes memory (negative: gives it back) that counts against the container's limit. */
  useMemory(bytes: number): void
  /** Sends a signal to a process of the container: 0 when there is such a process, -1 when not. */
  kill(pid: number, signal: number): number
  /** What a process list would show. */
  processes(): readonly { readonly pid: number; readonly command: string }[]
}

/** What a process waits for. Time in which it waits costs nothing. */
export type Wait =
  | { readonly kind: 'sleep'; readonly ms: VirtualMs; readonly what: string }
  | { readonly kind: 'forever' }
  /** A name in a directory is made, removed or renamed: what an inotify watch on that directory would tell. */
  | { readonly kind: 'change'; readonly directory: string }

/** A running process: a coroutine that yields when it waits and returns its exit code. */
export type ProgramRun = Generator<Wait, number, void>

export interface ProbeRequest {
  readonly kind: 'http' | 'tcp'
  readonly port: number
  readonly path?: string
}
export interface ProbeAnswer {
  readonly ok: boolean
  /** What the kubelet would put into its event: `HTTP probe failed with statuscode: 500`. */
  readonly output: string
}

/** What a program does on SIGTERM. */
export type Termination = { readonly afterMs: VirtualMs; readonly exitCode: number } | 'ignored'

/** What an image's container does. One object serves any number of containers: state lives in the run. */
export interface Program {
  run(task: ProcessContext): ProgramRun
  onTerm(task: ProcessContext): Termination
  probe?(task: ProcessContext, request: ProbeRequest): ProbeAnswer
}

/** Says what a command does in an image, or that the image has no such executable. */
export type ProgramLookup = (argv: readonly string[]) => Program | undefined

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
  /** Files beside the directories that every image has; path to content. */
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly program: ProgramLookup
}

/** Runs until it is stopped; costs no event. */
export function serveForever(termination: Termination): Program {
  return {
    *run() {
      yield { kind: 'forever' }
      return 0
    },
    onTerm: () => termination,
    probe: () => ({ ok: true, output: '' }),
  }
}

/** Runs for a time, then ends. */
export function exitAfter(ms: VirtualMs, exitCode: number, termination: Termination): Program {
  return {
    *run() {
      yield { kind: 'sleep', ms, what: 'exit-after' }
      return exitCode
    },
    onTerm: () => termination,
  }
}
