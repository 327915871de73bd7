import type { Observable } from 'rxjs'
import type { ConfigMap, Event, Namespace, Node, Pod, Secret, ServiceAccount } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { HttpAnswer, HttpStream } from '../client/server.ts'
import type { ClusterJournal } from '../cluster/records.ts'
import type { Flows } from '../flow/flows.ts'
import type { UpdateDelay } from '../flow/update-delays.ts'
import type { HistoricObject } from '../kernel/history.ts'
import type { JournalObject } from '../kernel/journal.ts'
import type { Steps } from '../kernel/steps.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { CommandResult, ContainerRef, ExecOutcome, FileSnapshot } from '../looks/containers.ts'
import type { ImageAssumption } from '../looks/image-assumptions.ts'
import type { MachineState, MachineStep } from '../looks/machines.ts'
import type { NodeFile } from '../looks/node-files.ts'
import type { NodeMemory } from '../looks/node-memory.ts'
import type { SecretTraffic } from '../looks/traffic.ts'
import type { VolumeAssumption } from '../looks/volume-assumptions.ts'
import type { VolumeFile } from '../looks/volume-files.ts'
import type { Explanation } from '../looks/why.ts'
import type { FaultInput } from './fault-table.ts'
import type { Duration } from './input/formats.ts'
import type { AdmissionHandle, AdmissionHook } from './own/admission.ts'
import type { ControllerBody, ControllerOptions, OwnController } from './own/controller.ts'
import type { SimClient } from './resources.ts'

/** Kinds whose shape is known by their name: those that Secrets touch. */
export interface KnownKinds {
  readonly ConfigMap: ConfigMap
  readonly Event: Event
  readonly Namespace: Namespace
  readonly Node: Node
  readonly Pod: Pod
  readonly Secret: Secret
  readonly ServiceAccount: ServiceAccount
}

/** The public face of a simulated cluster. Synchronous: every call answers at the present instant of virtual time. */
export interface Sim {
  /** Milliseconds of virtual time since the start. */
  now(): VirtualMs
  readonly seed: string
  /**
   * Applies manifests (YAML text, an object, or objects) as `kubectl apply -f -` does, but for the time that the program takes.
   * Throws a SimUsageError if refused.
   */
  apply(...manifests: readonly (string | object | readonly object[])[]): void
  /** Runs one kubectl command line (without the word kubectl). It takes virtual time: its own (`commandTime`), and what it waits for. */
  kubectl(line: string | readonly string[], options?: CommandOptions): CommandResult
  /** Runs lines of shell in the scenario's working directory; nothing reaches the real shell or disk. */
  shell(script: string, options?: CommandOptions): CommandResult
  /** Starts a command and comes back at once: it goes on while time passes, as in a terminal of its own. */
  start(command: Command, options?: CommandOptions): RunningCommand
  /** Runs a command in a running container, as `kubectl exec` does. */
  exec(target: ContainerRef, argv: readonly string[], options?: { readonly stdin?: string }): ExecOutcome
  /** The object as the API server has it, or undefined. `kind` as in manifests: `Pod`; namespace `default`. */
  get<K extends keyof KnownKinds>(kind: K, name: string, namespace?: string): KnownKinds[K] | undefined
  get<T extends KubeObject = KubeObject>(kind: string, name: string, namespace?: string): T | undefined
  /** All objects of a kind, of one namespace or of all. */
  list<K extends keyof KnownKinds>(kind: K, options?: { readonly namespace?: string }): readonly KnownKinds[K][]
  list<T extends KubeObject = KubeObject>(kind: string, options?: { readonly namespace?: string }): readonly T[]
  /** Events in the order of their first appearance. */
  events(query?: EventQuery): readonly Event[]
  /** Everything a container wrote so far, ends of lines included. */
  logs(target: ContainerRef, options?: { readonly previous?: boolean }): string
  /** The same byte for byte: in the text what is no UTF-8 is U+FFFD. */
  logBytes(target: ContainerRef, options?: { readonly previous?: boolean }): Uint8Array
  /** A file as a container sees it; undefined if there is none or the container does not run. */
  file(target: ContainerRef, path: string): FileSnapshot | undefined
  /** The environment of a container as it was resolved at its creation; undefined if it never was created. */
  env(target: ContainerRef): ReadonlyMap<string, string> | undefined
  runFor(duration: Duration): void
  /**
   * Lets time pass until `condition` holds, looked at after each event. Says whether it held in time. The condition looks and
   * answers at once: it may not let time pass itself.
   */
  runUntil(condition: () => boolean, options: { readonly within: Duration }): boolean
  /** An accident, now. Lasts until `clear`, or for `for`. */
  fault(fault: Fault): { clear(): void }
  /**
   * Calls `work` at a moment of virtual time, when all that was due at it has happened: it may do all that the caller of the
   * simulation may. What is let go by before it is reached is never called.
   */
  at(time: Duration, work: () => void): { cancel(): void }
  /**
   * Lets time pass until nothing is under way: for as long as an update of a Secret may take to reach a node, no object but
   * heartbeats and Events has changed, and nothing happened on a node. Says whether that came within `within`, 30m unless given.
   */
  settle(options?: { readonly within?: Duration }): boolean
  /** What led to the present state of an object, newest first. */
  why(object: JournalObject | string): Explanation
  /**
   * What is taken for granted: of each image of a Pod of which nothing is known, what its programs do (nothing with `strict`); of
   * each type of volume whose storage podsim does not have, that it mounts.
   */
  assumptions(): readonly (ImageAssumption | VolumeAssumption)[]
  /** All objects at a moment of the past; throws for one that has not come yet. */
  stateAt(time: Duration): ReadonlyMap<string, HistoricObject>
  /** What happened. It can be read after the simulation was disposed of, too. */
  readonly journal: ClusterJournal
  /** How Secrets flow: lanes, hops, delays, moments, as plain data. Like the journal it can be read when the run is over. */
  readonly flows: Flows
  /**
   * A client of the API, as components of the cluster have one: its requests and watches take virtual time. What it gives
   * sends nothing before it is subscribed to or waited for in a process. All of them share one link to the API server.
   */
  client(user?: ClientUser): SimClient
  /**
   * Starts a controller of your own: an operator, as it would run in the cluster, on virtual time. Its mistakes end the call
   * in which they happen, as an OwnCodeError with its name and place.
   */
  controller(name: string, body: ControllerBody, options?: ControllerOptions): OwnController
  /** Puts code of your own on the way into the store, as an admission webhook is. */
  admission<T extends KubeObject = KubeObject>(hook: AdmissionHook<T>): AdmissionHandle
  /** Work that reads from top to bottom while virtual time passes: a controller of your own. Subscribing starts it. */
  process<R>(body: () => Steps<R>): Observable<R>
  /** The API as HTTP carries it. */
  request(request: SimRequest): HttpAnswer | HttpStream
  /** When each update of a Secret reached each container, and where the time went (U3). */
  delays(secret: string, namespace?: string): readonly UpdateDelay[]
  /** What nodes and users ask of the API server for one object, a Secret unless a resource is given; `*`: for all (I3, S5). */
  traffic(name: string, namespace?: string, resource?: string): SecretTraffic
  /** Files of a node that hold a text, and whether they lie on its disk or in a tmpfs (S2, L5). */
  nodeFiles(node: string, text: string): readonly NodeFile[]
  /** Whether a node holds values of a Secret now: in its kubelet's cache or in a file (S1, L5). */
  holdsSecret(node: string, secret: string, namespace?: string): boolean
  /** What lies in a volume of a Pod on its node; empty while it is not mounted. Names, modes and sizes, never contents. */
  volumeFiles(pod: string, volume: string, namespace?: string): readonly VolumeFile[]
  /** What Secrets and other volumes in memory cost a node now (R2). */
  nodeMemory(node: string): NodeMemory
  /** What lies in etcd for a Secret: plain text unless encryption at rest is on (S6). */
  etcdValue(secret: string, namespace?: string): Uint8Array | undefined
  /** State machines of an object: `{ machine: 'volume', name: 'foo', state: 'mounted' }`. */
  inspect(object: JournalObject | string): readonly MachineState[]
  /** Each step of a state machine on a node, as it is taken: Pod workers, volumes, containers, image pulls, kubelets. */
  states(): Observable<MachineStep>
  /**
   * Another simulation with the same settings that stands where this one does; what is done to one of them the other does not
   * hear of. What was asked of this one is asked of the clone, so it costs what that has cost: next to nothing for a cluster that
   * was only made. With another `seed` it goes another way to here, or to another end. Controllers, hooks and programs of your own
   * begin anew. Throws a SimUsageError where something can't be repeated: `at`, `client`, `process`, a watch by `request`, more than
   * 10,000 calls; and where your code does not do the same twice.
   */
  clone(options?: { readonly seed?: string | number }): Sim
  /** Ends the simulation; any call after it throws. */
  dispose(): void
}

/** A kubectl command line (without the word kubectl), or lines of shell. */
export type Command = { readonly kubectl: string | readonly string[] } | { readonly shell: string }

/** A command that was started. */
export interface RunningCommand {
  /** What it printed and how it ended; undefined while it runs. */
  readonly result: CommandResult | undefined
  /**
   * Lets time pass until it has ended, and gives its result; undefined where `isOver`, which is asked after each event, ended
   * that before. A command for which nothing can happen any more is interrupted.
   */
  goOn(isOver?: () => boolean): CommandResult | undefined
  /** Ends it as ctrl-C does: exit code 130. */
  interrupt(): void
}

export interface CommandOptions {
  readonly stdin?: string
  /** User who runs it; default `admin`, in system:masters. */
  readonly as?: string
  /** With `kubectl edit`: shell lines that change the file `$1`. */
  readonly editor?: string
  /** What each kubectl line of it takes of its own, in place of the simulation's `commandTime`. */
  readonly commandTime?: Duration
}

export interface EventQuery {
  readonly namespace?: string
  readonly reason?: string
  /** `kind/name` of what the event is about, kind in any spelling: `pod/mypod`. */
  readonly on?: string
}

export interface SimRequest {
  /** Name of the user; undefined: no credentials. */
  readonly user?: string | undefined
  readonly groups?: readonly string[]
  readonly method: string
  readonly path: string
  /** Default `application/json` when there is a body. An empty text sends no header. */
  readonly contentType?: string
  readonly accept?: string
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as compact JSON. */
  readonly body?: unknown
  /** A watch that it opens has no end in virtual time, whatever `timeoutSeconds` says: whoever reads it stops it. */
  readonly lasting?: boolean
}

/** Whom a client acts as. */
export interface ClientUser {
  /**
   * Name of the user: `admin` unless given, which may do everything. Nodes (`system:node:node-1`) and ServiceAccounts
   * (`system:serviceaccount:default:app`) have their groups.
   */
  readonly as?: string
  /** More groups. */
  readonly groups?: readonly string[]
}

/** An accident. Durations as texts or ms; `node` limits it to one node, `for` in time. */
export type Fault = Readonly<FaultInput>
