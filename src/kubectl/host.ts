import type { Unsubscribable } from 'rxjs'
import type { UserInfo } from '../client/client.ts'
import type { HttpAnswer, HttpRequest, HttpStream } from '../client/server.ts'
import type { VirtualFiles } from '../fs/virtual-files.ts'
import type { EpochMs } from '../kernel/calendar.ts'
import type { Once } from '../kernel/once.ts'
import type { ByteText } from '../shell/byte-text.ts'

/**
 * The world a kubectl command line runs in: everything it can see or touch. Nothing else reaches it, so the same command
 * in the same world prints the same bytes.
 */
export interface KubectlHost {
  /** Which kubectl plays: `1.18.20`, `1.20.2`, `1.32.4`. */
  readonly clientVersion: string
  /** URL of the API server as the kubeconfig names it: `https://10.0.0.1:6443`. */
  readonly serverAddress: string
  /** Undefined: nothing takes time but what is waited for. */
  readonly times?: CommandTimes | undefined
  /** The API server at this instant, or why no connection comes about (`dial tcp ...: connect: connection refused`). */
  http(request: HttpRequest): HttpAnswer | HttpStream | NetworkFailure
  /** Whose credentials the kubeconfig holds; undefined: none. */
  readonly user: UserInfo | undefined
  /** The wall clock of the machine kubectl runs on. */
  now(): EpochMs
  /** Answers whether `condition` came to hold within `timeoutMs`: it is asked at once and after each event of the world. */
  until(condition: () => boolean, timeoutMs: number): Once<boolean>
  readonly files: VirtualFiles
  /** What stands on standard input; undefined: nothing, not even an empty pipe. */
  readonly stdin: Uint8Array | undefined
  readonly env: ReadonlyMap<string, string>
  /** Letters for names of temporary files: `n` decimal digits, repeatable under one seed. */
  digits(n: number): string
  /** Contexts of the kubeconfig; commands under `config` change them. */
  readonly config: KubeconfigState
  /** Runs the editor of the environment on a file; undefined: there is none. */
  readonly edit?: ((editor: string, path: string) => number) | undefined
  /** Runs a command in a container. */
  readonly exec?: ((request: ExecRequest) => ExecAnswer) | undefined
  /** Joins a container's first process. */
  readonly attach?: ((target: ContainerTarget, ears: AttachEars) => AttachAnswer) | undefined
  /** What a container wrote. */
  readonly logs?: ((request: LogRequest) => LogAnswer) | undefined
  /** Tells each line from now on as `logs` shows it, and undefined at the end; undefined: nothing runs. */
  readonly followLogs?:
    | ((request: LogRequest, heard: (text: string | undefined) => void) => Unsubscribable | undefined)
    | undefined
  /** What the metrics API would say. */
  readonly top?: ((kind: 'pods' | 'nodes') => readonly TopRow[] | undefined) | undefined
}

/** What time a command line takes, in ms. */
export interface CommandTimes {
  /** Before its first request: the program is loaded, and reads its configuration. */
  ownMs(): number
  /** How long a request is on its way. */
  requestMs(method: string, path: string): number
}

/** A request that got no answer. */
export interface NetworkFailure {
  readonly kind: 'network'
  readonly message: string
}

/** A container of a Pod. */
export interface ContainerTarget {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** Told what a container's first process writes, and that it has ended. */
export interface AttachEars {
  write(stream: 'stdout' | 'stderr', bytes: ByteText): void
  ended(): void
}

export type AttachAnswer =
  | {
      readonly ok: true
      readonly attachment: { type(bytes: ByteText): void; endInput(): void; leave(): void }
    }
  /** As of an exec that is refused. */
  | Extract<ExecAnswer, { readonly ok: false }>

export interface ExecRequest extends ContainerTarget {
  readonly argv: readonly string[]
  readonly stdin: Uint8Array | undefined
  readonly tty: boolean
}

export type ExecAnswer =
  | {
      readonly ok: true
      readonly stdout: string
      /** The same, where not all of it is UTF-8. */
      readonly stdoutBytes?: ByteText
      readonly stderr: string
      readonly exitCode: number
    }
  /** The runtime or kubelet refused; the text as kubectl prints it after `error: `. With a reason, the API server did. */
  | { readonly ok: false; readonly message: string; readonly reason?: string }

export interface LogRequest extends ContainerTarget {
  readonly previous: boolean
  readonly sinceMs: EpochMs | undefined
  readonly tailLines: number | undefined
  readonly timestamps: boolean
}

export type LogAnswer =
  /** `ended`: nothing more will come. */
  | { readonly ok: true; readonly text: string; readonly ended: boolean }
  | { readonly ok: false; readonly reason: string; readonly message: string }

export interface TopRow {
  readonly namespace?: string
  readonly name: string
  readonly cpuMillis: number
  readonly memoryBytes: number
}

export interface KubeContext {
  readonly name: string
  readonly cluster: string
  readonly user: string
  readonly namespace?: string
}

/** The part of a kubeconfig that commands read and write. */
export interface KubeconfigState {
  contexts: readonly KubeContext[]
  currentContext: string
  /** Whether its clusters say `insecure-skip-tls-verify`. */
  readonly isInsecure?: boolean
}
