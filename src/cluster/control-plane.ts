import type { Pod } from '../api/types/core.ts'
import { admissionPlugins } from '../apiserver/admission/plugins/all.ts'
import { createAuthorization } from '../apiserver/auth/create-authorization.ts'
import { graphResources } from '../apiserver/auth/node-graph-feed.ts'
import { nodeRestriction } from '../apiserver/auth/node-restriction.ts'
import type { RbacKnown } from '../apiserver/auth/rbac-index.ts'
import { authenticatedGroup, nodeUser, privilegedGroup } from '../apiserver/auth/users.ts'
import { createApiServer, type RestingApiServer, type RunningApiServer } from '../apiserver/create-api-server.ts'
import { kindStrategies } from '../apiserver/registry/kinds/all.ts'
import type { StoredResource, StoreEvent } from '../apiserver/store.ts'
import type { Client, UserInfo } from '../client/client.ts'
import { createClient } from '../client/in-process-client.ts'
import { createLink, type Link, type LinkLatencies } from '../client/link.ts'
import type { Reopening, WatchesAtRest } from '../client/reopening.ts'
import { type ControllerManager, createControllerManager, type RestingManager } from '../controllers/manager.ts'
import type { ControllerOptions } from '../controllers/options.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { JournalWriter } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStreams } from '../kernel/random.ts'
import { createScheduler, type RestingScheduler, type Scheduler } from '../scheduler/scheduler.ts'
import { apiServer } from '../versions/api-server.ts'
import { has } from '../versions/changes.ts'
import type { FeatureGates } from '../versions/feature-gates.ts'
import { seedBootstrapObjects } from './bootstrap.ts'
import { graphDelayOf, type NetworkLatencies } from './networks.ts'
import type { ClusterRecord } from './records.ts'
import type { ClusterSeams } from './seams.ts'

export interface ControlPlaneOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: JournalWriter<ClusterRecord>
  readonly random: RandomStreams
  readonly minor: number
  readonly gates: FeatureGates
  readonly admission?: { readonly podPreset?: boolean; readonly nodeRestriction?: boolean }
  readonly controllers?: Partial<ControllerOptions>
  /** Default: true for each. */
  readonly runs?: { readonly controllers?: boolean; readonly scheduler?: boolean }
  /** Latencies of the control plane's own links, and of its authorizer, which unless told is never late. */
  readonly latencies?: NetworkLatencies
  readonly seams?: ClusterSeams
  /** Whether the API server's objects are frozen. Default true. */
  readonly freezes?: boolean
  /** Every renewal of a watch is a request, though nothing came in its way. Default false: it is only computed. */
  readonly explicitWatches?: boolean
  /** Called after the answers to some users' requests may have become others. */
  readonly disturbed?: () => void
  /** What the API server holds at first, instead of what it makes at its start. */
  readonly from?: RestingFront | undefined
}

/** What an API server holds, and who may do what in it. */
export interface RestingFront {
  readonly server: RestingApiServer
  readonly rbac: RbacKnown
}

/** What a control plane knows that waits for something to happen. Copies share it, so nothing of it is ever changed. */
export interface RestingControlPlane {
  readonly front: RestingFront
  /** Undefined: they don't run. */
  readonly controllers: RestingManager | undefined
  readonly scheduler: RestingScheduler | undefined
  /** So many events of the kernel are what is told of here. */
  readonly timers: number
}

/** API server, controller manager and scheduler, wired as kubeadm does. */
export interface ControlPlane {
  readonly server: RunningApiServer
  readonly controllers: ControllerManager
  readonly scheduler: Scheduler
  /** Link of the controller manager and the scheduler. */
  readonly link: Link
  /** Link of clients that belong to no part of the cluster. */
  readonly outside: Link
  /** A client of any user over a link of its own. */
  clientOf(user: UserInfo, link: Link): Client
  /** A new link to the server; `name` names its random stream. */
  linkFor(name: string, latencies?: LinkLatencies): Link
  /** The API server is another process, which has opened its port just now: nothing that the last one remembered is there. */
  serverStartsAnew(): void
  /** Begins controllers and scheduler. */
  start(): void
  /** What a copy of it is to know; undefined unless all of it rests. `watches`: those that are open. */
  atRest(watches: WatchesAtRest): RestingControlPlane | undefined
  /** In place of `start`, when it was made from the front of this one: its watches are opened by `reopening`. */
  goOnFrom(rest: RestingControlPlane, reopening: Reopening): void
}

/** The user that steps and tests act as: a member of system:masters. */
export const adminUser: UserInfo = { name: 'admin', groups: [privilegedGroup, authenticatedGroup] }

export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { kernel, calendar, journal, random, minor, gates, latencies = {}, seams = {} } = options
  const runs = { controllers: true, scheduler: true, ...options.runs }
  const authorization = createAuthorization({
    kernel,
    minor,
    gates,
    ...(latencies.authorizer && { graphDelay: graphDelayOf(latencies.authorizer, random) }),
  })
  let isCopying = false
  const server: RunningApiServer = createApiServer({
    kernel,
    calendar,
    journal,
    random,
    minor,
    gates,
    authorizers: [authorization.authorizer],
    admission: admissionPlugins({
      podPreset: options.admission?.podPreset ?? !has(minor, apiServer.servesNoAlphaPresets),
      ...(options.admission?.nodeRestriction === false ? {} : { nodeRestriction }),
      late: [authorization.escalationCheck],
    }),
    strategies: [...kindStrategies, ...authorization.strategies],
    around: seams.requests,
    ...(options.freezes === undefined ? {} : { freezes: options.freezes }),
    observers: [
      (resource, event) => {
        if (isCopying) {
          authorization.observeKnown(resource, event.object)
          seams.written?.(resource, event)
          return
        }
        authorization.observe(resource, event)
        seams.written?.(resource, event)
        const users = usersToDisturb(resource, event)
        if (users === undefined) return
        server.disturbWatches(users === 'all' ? undefined : users.name)
        options.disturbed?.()
      },
    ],
  })
  if (options.from !== undefined) {
    authorization.index.goOnFrom(options.from.rbac)
    isCopying = true
    server.goOnFrom(options.from.server)
    isCopying = false
  } else seedBootstrapObjects(server, calendar.at(kernel.now()), random.stream('apiserver/bootstrap'), minor)
  const linkFor = (name: string, latencies?: LinkLatencies): Link =>
    createLink({
      kernel,
      random: random.stream(`link/${name}`),
      ...(latencies === undefined ? {} : { latencies }),
      emptyWatchOnDyingConnection: !has(minor, apiServer.dyingConnectionsTellNothing),
      explicitWatches: options.explicitWatches ?? false,
    })
  const link = linkFor('control-plane', latencies)
  const outside = linkFor('outside', latencies)
  const clientOf = (user: UserInfo, over: Link): Client => {
    const client = createClient({ server, user, link: over, minor })
    return seams.client?.(client) ?? client
  }
  const componentUser = (name: string): UserInfo => ({ name, groups: [authenticatedGroup] })
  const controllers = createControllerManager({
    kernel,
    calendar,
    journal,
    random,
    clientFor: (name) => clientOf(componentUser(name), link),
    minor,
    gates,
    options: {
      // Discovery tells the singular name of custom resources only.
      customResources: () => server.discovery.resources.filter(({ singularName }) => singularName !== undefined),
      ...options.controllers,
    },
  })
  const scheduler = createScheduler({
    kernel,
    calendar,
    journal,
    random,
    client: clientOf(componentUser('system:kube-scheduler'), link),
    minor,
  })
  return {
    server,
    controllers,
    scheduler,
    link,
    outside,
    clientOf,
    linkFor,
    serverStartsAnew() {
      server.store.beginCachesAnew()
      const { least, most } = firstListsMs
      const listMs = random.stream('apiserver/start').integer(least, most + 1)
      authorization.beginAnew(
        () =>
          graphResources.map((resource) => ({ resource, objects: server.store.collection(resource).list(undefined) })),
        listMs,
      )
    },
    atRest(watches) {
      const restingControllers = runs.controllers ? controllers.atRest(watches) : undefined
      const restingScheduler = runs.scheduler ? scheduler.atRest(watches) : undefined
      if (runs.controllers && restingControllers === undefined) return undefined
      if (runs.scheduler && restingScheduler === undefined) return undefined
      const front = { server: server.atRest(), rbac: authorization.index.atRest() }
      const pruning = restingControllers?.recorders.filter(({ pruneAt }) => pruneAt !== undefined) ?? []
      const timers = front.server.expiry.timers + pruning.length
      return { front, controllers: restingControllers, scheduler: restingScheduler, timers }
    },
    goOnFrom(rest, reopening) {
      if (rest.controllers !== undefined) controllers.goOnFrom(rest.controllers, reopening)
      if (rest.scheduler !== undefined) scheduler.goOnFrom(rest.scheduler, reopening)
    },
    start() {
      if (runs.controllers) controllers.start()
      if (runs.scheduler) scheduler.start()
    },
  }
}

/**
 * From the port's opening until the authorizer has listed: recorded servers refused kubelets 0.9 to 1.7 s before they called themselves
 * ready, and let them through from 0.9 s before that on (5 starts, v1.18 and v1.36).
 */
const firstListsMs = { least: 500, most: 1000 } as const

/** Whose requests the authorizers may answer otherwise after a write: renewals of watches are requests, too. */
function usersToDisturb(resource: StoredResource, event: StoreEvent): UserInfo | 'all' | undefined {
  if (resource.endsWith('.rbac.authorization.k8s.io')) return 'all'
  if (resource === 'persistentvolumes' || resource === 'volumeattachments.storage.k8s.io') return 'all'
  if (resource !== 'pods' || event.type !== 'DELETED') return undefined
  const { spec } = event.object as Pod // the resource says so
  return spec.nodeName === undefined ? undefined : nodeUser(spec.nodeName)
}
