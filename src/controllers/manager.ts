import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import type { Client } from '../client/client.ts'
import { createEventRecorder, type EventRecorder, type RestingRecorder } from '../client/event-recorder.ts'
import { createInformer, type Informer, type RestingInformer } from '../client/informer.ts'
import { allOf, type Reopening, type WatchesAtRest } from '../client/reopening.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { JournalWriter } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStreams } from '../kernel/random.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { FeatureGates } from '../versions/feature-gates.ts'
import type { Controller, ControllerContext, RestingController } from './controller.ts'
import { type ControllerOptions, defaultControllerOptions } from './options.ts'
import type { ControllerRecord } from './records.ts'
import { type ControllerName, controllersOf } from './registry.ts'

export interface ControllerManagerOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: JournalWriter<ControllerRecord>
  readonly random: RandomStreams
  /** A client of that user, each over the manager's link; asked for once per user and start. */
  readonly clientFor: (userName: string) => Client
  readonly minor: number
  readonly gates: FeatureGates
  readonly options?: Partial<ControllerOptions>
}

/** kube-controller-manager. */
export interface ControllerManager {
  /** Begins with empty memory: lists everything, then works. Does nothing while it runs. */
  start(): void
  /** Ends at once, as if it had crashed. */
  stop(): void
  /** The controller works on nothing until `resume`; what it is told of meanwhile waits. */
  pause(name: ControllerName): void
  resume(name: ControllerName): void
  /** Each key takes the controller this much longer; 0 takes that back. */
  slowDown(name: ControllerName, extraMs: VirtualMs): void
  readonly names: readonly ControllerName[]
  readonly isRunning: boolean
  /** What a copy of it is to know; undefined unless it runs and all of its parts rest. */
  atRest(watches: WatchesAtRest): RestingManager | undefined
  /** In place of `start`. */
  goOnFrom(rest: RestingManager, reopening: Reopening): void
}

/** What a manager knows whose controllers have nothing to do. */
export interface RestingManager {
  readonly paused: readonly ControllerName[]
  readonly informers: readonly RestingInformer[]
  readonly controllers: readonly RestingController[]
  readonly recorders: readonly RestingRecorder[]
}

/** Who the manager is, and who its controllers are. Source: cmd/kube-controller-manager, SAControllerClientBuilder. */
const managerUser = 'system:kube-controller-manager'
const controllerUserPrefix = 'system:serviceaccount:kube-system:'

interface Run {
  readonly controllers: ReadonlyMap<ControllerName, Controller>
  readonly informers: Map<string, Informer<KubeObject>>
  /** Those that controllers keep for themselves. */
  readonly monitors: Set<Informer<KubeObject>>
  readonly recorders: EventRecorder[]
}

export function createControllerManager(given: ControllerManagerOptions): ControllerManager {
  const { kernel, journal, minor, gates } = given
  const options: ControllerOptions = { ...defaultControllerOptions(minor), ...given.options }
  const factories = controllersOf(minor, gates).filter(([name]) => !options.disabled.includes(name))
  const names = factories.map(([name]) => name)
  const paused = new Set<ControllerName>()
  const slowed = new Map<ControllerName, VirtualMs>()
  let run: Run | undefined

  const tell = (type: ControllerRecord['type'], name?: ControllerName): void => {
    journal.append({ actor: name === undefined ? 'controller-manager' : `controller/${name}`, type })
  }

  const begin = (): Run => {
    const informers = new Map<string, Informer<KubeObject>>()
    const monitors = new Set<Informer<KubeObject>>()
    const recorders: EventRecorder[] = []
    const clients = new Map<string, Client>()
    const context = contextOf(given, options, { informers, monitors, recorders }, clients)
    const controllers = new Map(
      factories.map(([name, create]): readonly [ControllerName, Controller] => [name, create(context)]),
    )
    return { controllers, informers, monitors, recorders }
  }

  const manager = {
    names,
    isRunning: false,
    start(): void {
      if (run !== undefined) return
      tell('controller-manager.started')
      const begun = begin()
      run = begun
      manager.isRunning = true
      for (const [name, controller] of begun.controllers) {
        if (paused.has(name)) controller.pause()
        controller.slowDown(slowed.get(name) ?? 0)
        controller.start()
      }
      // Informers come last, so that every handler is there when the first list arrives.
      for (const informer of begun.informers.values()) informer.start()
    },
    stop(): void {
      if (run === undefined) return
      tell('controller-manager.stopped')
      for (const informer of run.informers.values()) informer.stop()
      for (const informer of run.monitors) informer.stop()
      for (const controller of run.controllers.values()) controller.stop()
      for (const recorder of run.recorders) recorder.stop()
      run = undefined
      manager.isRunning = false
    },
    atRest(watches: WatchesAtRest): RestingManager | undefined {
      if (run === undefined || slowed.size > 0) return undefined
      const informers = allOf([...run.informers.values()], (informer) => informer.atRest(watches))
      const controllers = allOf([...run.controllers.values()], (controller) => controller.atRest())
      const recorders = allOf(run.recorders, (recorder) => recorder.atRest())
      if (informers === undefined || controllers === undefined || recorders === undefined) return undefined
      return { paused: [...paused], informers, controllers, recorders }
    },
    goOnFrom(rest: RestingManager, reopening: Reopening): void {
      const begun = begin()
      run = begun
      manager.isRunning = true
      for (const name of rest.paused) {
        paused.add(name)
        begun.controllers.get(name)?.pause()
      }
      // The same factories have made them, in the same order.
      const informers = [...begun.informers.values()]
      rest.informers.forEach((informer, at) => void informers[at]?.goOnFrom(informer, reopening))
      const controllers = [...begun.controllers.values()]
      rest.controllers.forEach((controller, at) => void controllers[at]?.goOnFrom(controller))
      rest.recorders.forEach((recorder, at) => void begun.recorders[at]?.goOnFrom(recorder))
    },
    pause(name: ControllerName): void {
      if (paused.has(name)) return
      paused.add(name)
      tell('controller.paused', name)
      run?.controllers.get(name)?.pause()
    },
    resume(name: ControllerName): void {
      if (!paused.delete(name)) return
      tell('controller.resumed', name)
      run?.controllers.get(name)?.resume()
    },
    slowDown(name: ControllerName, extraMs: VirtualMs): void {
      slowed.set(name, extraMs)
      run?.controllers.get(name)?.slowDown(extraMs)
    },
  }
  return manager

  function contextOf(
    { calendar, random, clientFor }: ControllerManagerOptions,
    flags: ControllerOptions,
    { informers, monitors, recorders }: Omit<Run, 'controllers'>,
    clients: Map<string, Client>,
  ): ControllerContext {
    const clientOf = (user: string): Client => {
      const known = clients.get(user) ?? clientFor(user)
      clients.set(user, known)
      return known
    }
    const keyOf = ({ group, version, resource }: ResourceRef): string => `${group}/${version}/${resource}`
    const create = (resource: ResourceRef): Informer<KubeObject> => {
      const stream = random.stream(`controllers/informer/${keyOf(resource)}`)
      return createInformer({ kernel, client: clientOf(managerUser), resource, random: stream, minor })
    }
    const clientOfController = (name: string) => clientOf(name === '' ? managerUser : controllerUserPrefix + name)
    return {
      kernel,
      calendar,
      random,
      minor,
      gates,
      options: flags,
      clientFor: clientOfController,
      informer<T extends KubeObject>(resource: ResourceRef): Informer<T> {
        const key = keyOf(resource)
        const informer = informers.get(key) ?? create(resource)
        informers.set(key, informer)
        // The cache holds what the server serves under this resource; callers name its kind.
        return informer as unknown as Informer<T>
      },
      monitor<T extends KubeObject>(resource: ResourceRef): Informer<T> {
        const informer = create(resource)
        monitors.add(informer)
        return informer as unknown as Informer<T> // as above
      },
      recorder(name, component) {
        const recorder = createEventRecorder({
          kernel,
          calendar,
          client: clientOfController(name),
          source: { component },
          minor,
          random: random.stream(`controllers/events/${component}`),
        })
        recorders.push(recorder)
        return recorder
      },
    }
  }
}
