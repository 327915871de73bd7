import { isEphemeral } from '../../../api/pod-references.ts'
import type { Pod } from '../../../api/types/core.ts'
import { type EventName, machineTable, type StateName } from '../../../kernel/compiled-machine.ts'
import { Few } from '../../../kernel/few.ts'
import { Instance } from '../../../kernel/instance.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type { StateFeed } from '../state-feed.ts'
import { containerMachine } from './container.machine.ts'

export type ContainerState = StateName<typeof containerMachine>
type ContainerEventName = EventName<typeof containerMachine>

/** The event behind each reason for which a container does not start. Source: pkg/kubelet/container/sync_result.go. */
const failureEvents = {
  InvalidImageName: 'image.invalid',
  ErrImageNeverPull: 'image.absent',
  ErrImagePull: 'image.failed',
  ImagePullBackOff: 'image.backOff',
  RegistryUnavailable: 'registry.unavailable',
  PullSecretError: 'pullSecret.failed',
  CreateContainerConfigError: 'config.failed',
  CreateContainerError: 'create.failed',
  RunContainerError: 'start.failed',
  PostStartHookError: 'hook.failed',
  CrashLoopBackOff: 'crash.backOff',
} as const satisfies Partial<Record<ContainerState, ContainerEventName>>

/** Why a container does not start. */
export type StartError = keyof typeof failureEvents

/**
 * The same as its waiting state says it: errors that have no name of their own stand there whole. Source: pkg/kubelet/
 * reason_cache.go, Update; kuberuntime_container.go, startContainer.
 */
export function reasonOf(error: StartError, message: string): string {
  return error === 'PullSecretError' ? message : error
}

/** Why a container could not be started, as statuses show it. */
export interface StartFailure {
  readonly reason: string
  readonly message: string
}

const table = machineTable(containerMachine)

/** One container of a Pod by name. What keeps it from starting is its machine's state; the message stands beside. */
export class ContainerLife extends Instance<ContainerState, ContainerEventName> {
  /** Of the present attempt, or of the last. */
  id: string | undefined
  #message = ''

  readonly #podUid: string
  readonly #name: string
  readonly #feed: StateFeed | undefined

  constructor(podUid: string, name: string, feed?: StateFeed) {
    super(table)
    this.#podUid = podUid
    this.#name = name
    this.#feed = feed
  }

  protected override stepped(event: ContainerEventName): void {
    this.#feed?.tell('container', this.#podUid, this.#name, event, this)
  }

  /** Why it waits, if its last try to start failed. */
  get failure(): StartFailure | undefined {
    const { state } = this
    return isStartError(state) ? { reason: reasonOf(state, this.#message), message: this.#message } : undefined
  }

  /** A try to start it failed. Whether that is news. */
  refuse(reason: StartError, message: string): boolean {
    const isNews = this.state !== reason || this.#message !== message
    this.#message = message
    this.send(failureEvents[reason])
    return isNews
  }

  /** An attempt runs. Whether it was kept from that before. */
  started(id: string): boolean {
    const isNews = this.failure !== undefined
    this.id = id
    this.#message = ''
    this.send('started')
    return isNews
  }
}

function isStartError(state: ContainerState): state is StartError {
  return state in failureEvents
}

/** The containers of a node's Pods. Takes the place of the real kubelet's reason cache (pkg/kubelet/reason_cache.go). */
export class ContainerLives {
  readonly #lives = new SparseMap<string, Few<string, ContainerLife>>()
  readonly #feed: StateFeed | undefined

  constructor(feed?: StateFeed) {
    this.#feed = feed
  }

  get(podUid: string, name: string): ContainerLife | undefined {
    return this.#lives.get(podUid)?.get(name)
  }

  /** The container of a Pod by name: from now on it has a life. */
  of({ metadata: { uid = '' }, spec }: Pod, name: string): ContainerLife {
    const lives = this.#lives.get(uid) ?? new Few<string, ContainerLife>()
    this.#lives.set(uid, lives)
    const known = lives.get(name)
    if (known !== undefined) return known
    const life = new ContainerLife(uid, name, this.#feed)
    lives.set(name, life)
    const isInit = spec.initContainers?.some((one) => one.name === name) ?? false
    if (!isInit && !isEphemeral({ spec }, name) && (spec.initContainers?.length ?? 0) > 0) life.send('init.needed')
    return life
  }

  /** The Pod is gone from the node. */
  forget(podUid: string): void {
    this.#lives.delete(podUid)
  }
}
