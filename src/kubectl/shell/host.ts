import type { VirtualFiles } from '../../fs/virtual-files.ts'
import type { EpochMs } from '../../kernel/calendar.ts'

/** A kubectl that a command line starts. */
export interface KubectlCall {
  /** After `kubectl`. */
  readonly argv: readonly string[]
  /** Undefined: nothing is connected to standard input. */
  readonly stdin: Uint8Array | undefined
  /** Exported variables. */
  readonly env: ReadonlyMap<string, string>
  /** The files, seen from the shell's working directory. */
  readonly files: VirtualFiles
  output(fd: 1 | 2, text: string): void
}

/** All that a command line can reach. */
export interface ShellHost {
  readonly files: VirtualFiles
  readonly env: ReadonlyMap<string, string>
  /** The wall clock of the machine that the commands run on. */
  now(): EpochMs
  /** Lets that much virtual time pass. */
  sleep(ms: number): void
  /** Runs kubectl to its end and gives its exit code. `limitMs`: it is ended after that much time, with code 124. */
  kubectl(call: KubectlCall, limitMs?: number): number
  /** What lies in etcd under a key such as `/registry/secrets/default/mysecret`; absent where no etcd can be reached. */
  etcd?(key: string): Uint8Array | undefined
  /** Starts kubectl and comes back at once; absent where nothing can run beside the command line. */
  startKubectl?(call: KubectlCall, limitMs: number | undefined): void
}

/** What a command line printed, decoded as UTF-8, and how it ended. */
export interface ShellResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}
