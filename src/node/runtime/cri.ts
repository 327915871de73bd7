import type { Unsubscribable } from 'rxjs'
import type { ResourceRequirements } from '../../api/types/core.ts'
import type { BindMount, ContainerFiles } from '../../fs/node-fs.ts'
import type { Once } from '../../kernel/once.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { ByteText } from '../../shell/byte-text.ts'
import type { WireReply, WireRequest } from '../../shell/net/network.ts'
import type { LiveInput, ProbeAnswer, ProbeRequest } from '../../shell/program.ts'
import type { LogLine } from './log-buffer.ts'

/**
 * What the kubelet orders from the container runtime, after the Container Runtime Interface. Orders take virtual time and
 * answer as a `Once`; queries answer at once. An order is given when somebody subscribes; the runtime carries it out even if
 * they leave, and then its answer reaches nobody. Contract; `simulated-runtime.ts` implements it. Source: k8s.io/cri-api.
 */

/** Messages are whole: `rpc error: code = Unknown desc = ...`; `grpcDescription` of `error-texts.ts` takes the prefix off. */
export type RuntimeResult<T = void> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string }
/** An order to the runtime; a failure is data. */
export type RuntimeOrder<T = void> = Once<RuntimeResult<T>>

export interface PodSandboxConfig {
  readonly podUid: string
  readonly podName: string
  readonly podNamespace: string
  readonly attempt: number
}

export interface PodSandbox extends PodSandboxConfig {
  readonly id: string
  readonly state: 'ready' | 'notReady'
  readonly createdAt: VirtualMs
  readonly ip: string
}

/** Standard input of a container's first process. */
export interface ConsoleConfig {
  /** A terminal without `stdin` takes none. */
  readonly takesInput: boolean
  readonly isTerminal: boolean
  /** It ends with the first who attached (`stdinOnce`). */
  readonly once: boolean
}

/** What a Pod has to do with /etc/hosts. */
export interface HostsConfig {
  readonly isHostNetwork: boolean
  /** Its own name, without the domain. */
  readonly name: string
  /** Domain of its own name: `subdomain.namespace.svc.cluster.local`; empty: none. */
  readonly domain: string
  readonly aliases: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[]
}

export interface ContainerConfig {
  readonly sandboxId: string
  readonly podUid: string
  readonly name: string
  readonly attempt: number
  readonly image: string
  /** Empty: the image's own. */
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly workingDir: string
  /** In the order in which the kubelet resolved it; names are unique. The image's own variables come before. */
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly mounts: readonly BindMount[]
  /** -1: the image's own. */
  readonly runAsUser: number
  /** Absent: that of the user in the image, or 0. */
  readonly runAsGroup?: number
  /** supplementalGroups and fsGroup of the Pod. */
  readonly groups?: readonly number[]
  /** Groups of which the image says that the user is in them do not count: supplementalGroupsPolicy Strict. */
  readonly ignoresImageGroups?: true
  /** Absent: the Pod's name. */
  readonly hostname?: string
  /** Absent: there is nothing in its /etc/hosts but its own name. */
  readonly hosts?: HostsConfig
  /** Where its program may leave a last word; absent: /dev/termination-log. */
  readonly terminationMessagePath?: string
  /** Its last word is the end of its log where it fails without one: FallbackToLogsOnError. */
  readonly fallsBackToLogs?: true
  readonly readOnlyRootFilesystem: boolean
  readonly memoryLimitBytes: number | undefined
  /** What it runs with, where a kubelet may change it later (v1.33 on). */
  readonly resources?: ResourceRequirements
  /** Hash of the container's spec, as the kubelet labels it; a change means that the container must be made anew. */
  readonly specHash: string
  /** Standard input that waits for somebody to attach, with `stdin` or `tty` of its spec; absent: it is at its end. */
  readonly console?: ConsoleConfig
  /**
   * Whether the Pod's author expects it to end: an init container, or one that is not restarted. No runtime is told so; it
   * decides what podsim takes for granted of a program that nobody knows.
   */
  readonly isExpectedToEnd?: boolean
  /** A variable is no UTF-8: what calls are made of cannot hold it. */
  readonly isUnspeakable?: boolean
  /** The Pod's, as the kubelet labels it: for ending containers of Pods that it no longer knows. */
  readonly terminationGracePeriodSeconds?: number
}

/** What a container that runs is to have from now on. */
export type GivenResources = Pick<ContainerConfig, 'memoryLimitBytes'> & { readonly resources: ResourceRequirements }

export interface RuntimeContainer {
  readonly id: string
  readonly config: ContainerConfig
  readonly state: 'created' | 'running' | 'exited'
  readonly createdAt: VirtualMs
  readonly startedAt: VirtualMs | undefined
  readonly finishedAt: VirtualMs | undefined
  readonly exitCode: number | undefined
  /** `Completed`, `Error`, `OOMKilled`. */
  readonly reason: string | undefined
  readonly message: string | undefined
  readonly imageId: string
}

/** A container as it is at any time. */
export interface LiveContainer extends RuntimeContainer {
  /** What it is at this moment, for who keeps that: it does not follow what happens after. */
  readonly now: RuntimeContainer
  /** Its image's files below its mounts, as its own user sees them. */
  readonly files: ContainerFiles
  /** What it has written into its own layer over its image, in whole pages. */
  readonly writtenBytes: number
}

export interface RegistryCredential {
  readonly username: string
  readonly password: string
}

export interface ImageRecord {
  readonly id: string
  readonly names: readonly string[]
  readonly sizeBytes: number
  /** Uid that its containers run as when nobody says otherwise; undefined: not known. */
  readonly uid: number | undefined
  /** The image's user where it is a name, of which nobody knows the number before the container runs. */
  readonly userName: string | undefined
}

export interface ExecResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** The same in byte text, so that nothing that is no UTF-8 is lost. */
export interface ExecBytes {
  readonly stdout: ByteText
  readonly stderr: ByteText
  readonly exitCode: number
}

/** What a command is connected to that somebody else feeds and reads. */
export interface ExecSession {
  readonly input: LiveInput | undefined
  write(stream: 'stdout' | 'stderr', bytes: ByteText): void
  ended(exitCode: number): void
}

/** A main process that runs in a Pod's network, for those who connect to it. */
export interface RunningProgram {
  readonly sandbox: PodSandbox
  readonly container: string
  /** Of a program that nobody knows: on which ports it listens beside those that its container declares. Undefined: it is known. */
  readonly assumedPorts: readonly number[] | undefined
  /** It is known, and has answers of its own beyond being well or not. */
  readonly answers: boolean
  /** Whether a program that is known listens there. */
  listens(port: number): boolean
  /** Undefined: it closes the connection without an answer. */
  ask(request: WireRequest): WireReply | undefined
}

export interface ContainerRuntime {
  /** What stands before `://` in container ids: `docker`, `containerd`. */
  readonly runtimeType: string
  runPodSandbox(config: PodSandboxConfig): RuntimeOrder<PodSandbox>
  stopPodSandbox(id: string): RuntimeOrder
  removePodSandbox(id: string): RuntimeOrder
  createContainer(config: ContainerConfig): RuntimeOrder<RuntimeContainer>
  startContainer(id: string): RuntimeOrder
  /** Gives a container that runs other amounts, which take effect at once. Source: UpdateContainerResources. */
  updateContainerResources(id: string, given: GivenResources): void
  /** SIGTERM, then SIGKILL after `graceSeconds`; answers when it ended. */
  stopContainer(id: string, graceSeconds: number): RuntimeOrder
  removeContainer(id: string): RuntimeOrder
  /** Its process ends at once, by no order of the kubelet's: out of memory, or by somebody on the node. */
  killContainer(id: string, exitCode: number, reason: string | undefined): void
  /** All sandboxes and containers of a Pod, oldest first; ended ones included until they are removed. */
  podSandboxes(podUid: string): readonly PodSandbox[]
  podContainers(podUid: string): readonly LiveContainer[]
  /** What runs in the Pod that has the address, or (by the uid) in a Pod; undefined: there is none. */
  programsAt(pod: { readonly ip: string } | { readonly uid: string }): readonly RunningProgram[] | undefined
  /** Uids of Pods of which the runtime knows anything, in the order in which it first met them. */
  podUids(): readonly string[]
  /** What a container has written into memory; 0 once it has ended. */
  memoryBytes(id: string): number
  /** How many containers run, and what all of them have written into memory. */
  inUse(): { readonly running: number; readonly memoryBytes: number }
  /** Uids of Pods whose sandboxes or containers changed state since the last call: what a PLEG relist would find different. */
  changedPods(): readonly string[]
  /** Called whenever a Pod's sandboxes or containers change state; so that a loop that waits for that need not tick. */
  observe(listener: (podUid: string) => void): () => void
  imageStatus(image: string): ImageRecord | undefined
  images(): readonly ImageRecord[]
  /** Puts the files of an image that is there into a directory of the node; false: it is not there. */
  mountImage(image: string, directory: string): boolean
  /** Images from which no container was made are removed. */
  removeUnusedImages(): void
  /** `pod` is whom the journal names. */
  pullImage(
    image: string,
    credential: RegistryCredential | undefined,
    pod?: PodSandboxConfig,
  ): RuntimeOrder<ImageRecord>
  /** Runs a command in a running container, at this instant. */
  exec(containerId: string, argv: readonly string[], stdin?: string): RuntimeResult<ExecResult>
  /** The same with bytes. */
  execBytes(containerId: string, argv: readonly string[], stdin: ByteText): RuntimeResult<ExecBytes>
  /**
   * Runs a command in a running container in virtual time: `sleep 5` takes 5 s. Answers when it ended (with 137 when its
   * container did), or at once if it cannot be run. Whoever leaves before kills it.
   */
  execInTime(containerId: string, argv: readonly string[]): RuntimeOrder<ExecResult>
  /**
   * The same with somebody at the other end: input comes a piece at a time, output goes out as it is written. Ends with the command, with
   * its container, or when it is stopped.
   */
  openExec(containerId: string, argv: readonly string[], session: ExecSession): RuntimeResult<Unsubscribable>
  /**
   * Somebody is at a running container's first process: what it writes goes out as it is written, what is sent is its input where it has one.
   * Ends with the container, with code 0 as attaching does, or when it is left. Undefined: it does not run.
   */
  attach(containerId: string, session: Omit<ExecSession, 'input'>): Attachment | undefined
  /** Calls `heard` for each line that a container writes from now on, and with undefined when it has ended. Returns how to hear no more. */
  followLogs(containerId: string, heard: (line: LogLine | undefined) => void): Unsubscribable
  /** Everything that the container wrote, with the time of each line. */
  logs(containerId: string): readonly {
    readonly at: VirtualMs
    readonly stream: 'stdout' | 'stderr'
    readonly line: string
    readonly bytes?: ByteText
  }[]
  /** HTTP and TCP as the image's behaviour declares it: what a probe finds. */
  probe(containerId: string, request: ProbeRequest): ProbeAnswer
  /** The machine goes down: everything that ran ends with 255. */
  reboot(): void
}

/** Somebody's place at a container's first process. */
export interface Attachment {
  type(bytes: ByteText): void
  /** No more is sent: the process hears of it if its input is for one visitor only. */
  endInput(): void
  /** Goes away; input for one visitor only ends, too. */
  leave(): void
}

/** Durations of the runtime and its registry; part of a cluster's settings. */
export interface RuntimeTimings {
  readonly sandboxMs: VirtualMs
  readonly createContainerMs: VirtualMs
  readonly startContainerMs: VirtualMs
  /** From SIGTERM to the end of a program that has no handler of its own. */
  readonly stopMs: VirtualMs
  readonly pullMs: VirtualMs
}
