import { randomUuid } from '../api/generate-name.ts'
import { type Discovery, discoveryOf } from '../api/schema/discovery.ts'
import { isStatus } from '../api/status.ts'
import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import type { UserInfo } from '../client/client.ts'
import type { ApiServer, CacheState, ContainerCall, HttpAnswer, HttpRequest, PodServers } from '../client/server.ts'
import type { UnseenTokens } from '../client/unseen-reads.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { JournalWriter } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStreams } from '../kernel/random.ts'
import type { FeatureGates } from '../versions/feature-gates.ts'
import { onceAVersion } from '../versions/version.ts'
import { actorOf } from './actors.ts'
import { AdmissionTable } from './admission/chain.ts'
import type { AdmissionPlugin } from './admission/plugin.ts'
import type { Authorizer } from './auth/authorizer.ts'
import { createAuthorizerChain } from './auth/authorizer-chain.ts'
import { createCustomResources } from './custom/custom-resources.ts'
import { createExpiry, type RestingExpiry } from './expiry.ts'
import type { RequestHandler } from './hold.ts'
import { seededOwnership } from './ownership/endpoints.ts'
import type { ApiServerRecord } from './records.ts'
import type { RegistryCore } from './registry/core.ts'
import { coreStrategies } from './registry/core-strategies.ts'
import { EventRows } from './registry/event-rows.ts'
import { renewedToken } from './registry/kinds/service-account-token.ts'
import { createResourceTable, type FoundResource, storedName } from './registry/resource-table.ts'
import { createServiceAddresses } from './registry/service-addresses.ts'
import type { RegistryContext, Strategy } from './registry/strategy.ts'
import { createRequestLog } from './request-log.ts'
import { createRequests } from './requests.ts'
import {
  createStore,
  type RestingStore,
  type Store,
  type StoredResource,
  type StoreEvent,
  type StoreOptions,
} from './store.ts'
import { historySizeOf } from './watch/event-history.ts'

export interface ApiServerOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: JournalWriter<ApiServerRecord>
  readonly random: RandomStreams
  /** Minor version of Kubernetes that the server plays: 18. */
  readonly minor: number
  readonly gates: FeatureGates
  /** Asked in order; without any, everything is allowed. */
  readonly authorizers: readonly Authorizer[]
  /** The admission chain, in its order. */
  readonly admission: readonly AdmissionPlugin[]
  /** Strategies of resources; those of the same resource here take the place of the built-in ones. */
  readonly strategies: readonly Strategy[]
  /** Told of every write, before any watcher is: authorizers keep their indexes up to date by it. */
  readonly observers?: readonly StoreObserver[]
  /** Put before the request pipeline, to see what passes; watches do not. */
  readonly around?: ((handle: RequestHandler) => RequestHandler) | undefined
  /** Whether stored objects are frozen. Default true; a run that nobody checks goes without. */
  readonly freezes?: boolean
  /** Revision at which the store begins. */
  readonly startRevision?: number
}

export type { RequestHandler }
export type StoreObserver = (resource: StoredResource, event: StoreEvent) => void

/** The API server with what the cluster that holds it may see. */
export interface RunningApiServer extends ApiServer {
  readonly discovery: Discovery
  readonly store: Store
  /** Switches a feature gate, as a restart with another flag does; what is stored stays. */
  setGates(gates: FeatureGates): void
  /** Stores an object as the server itself does at its start: without authorization and admission. */
  seed(resource: ResourceRef, object: KubeObject): void
  /** What its cache holds now, kept for reads that are to be behind. */
  cacheState(): CacheState
  /** What it holds, for copies. */
  atRest(): RestingApiServer
  /** Holds this instead of nothing. Its observers are told of each object as of one that came. */
  goOnFrom(rest: RestingApiServer): void
  /** Puts a webhook into the admission chain. Returns how to take it out again. */
  addWebhook(webhook: AdmissionPlugin): () => void
  /** Allows a request to a container (exec, attach, portforward), or answers why not. */
  connect(request: HttpRequest): ContainerCall | HttpAnswer
  /** From now on these answer for Pods: kubelets, and programs that serve. */
  servePods(servers: PodServers): void
  /** Ends all watches, as a server that stops does. */
  closeWatches(): void
  /** Requests of the user (absent: of anybody) may now be answered in another way than those before. */
  disturbWatches(user?: string): void
  /** Number of open watches, all resources together. */
  openWatches(): number
  /** Tokens for which kubelets need not ask. */
  readonly unseenTokens: UnseenTokens
}

/** What an API server holds to which nobody speaks. */
export interface RestingApiServer {
  readonly store: RestingStore
  readonly expiry: RestingExpiry
  readonly found: readonly FoundResource[]
  /** Each object of the store, in the order of their revisions. */
  readonly objects: readonly { readonly resource: StoredResource; readonly event: StoreEvent }[]
}

/** How large the caches of resources are, and which of them begin with the server. */
function watchCachesOf(minor: number, kernel: Kernel): Pick<StoreOptions, 'historySize' | 'isBuiltIn'> {
  const builtIn = builtInResources(minor)
  return { historySize: historySizeOf(minor, () => kernel.now()), isBuiltIn: (resource) => builtIn.has(resource) }
}

const builtInResources = onceAVersion((minor) => new Set(discoveryOf(minor).resources.map(storedName)))

/** An API server with an empty store. */
export function createApiServer(options: ApiServerOptions): RunningApiServer {
  const { kernel, calendar, journal, random, minor } = options
  const context: { -readonly [K in keyof RegistryContext]: RegistryContext[K] } = {
    kernel,
    calendar,
    minor,
    gates: options.gates,
    random: random.stream('apiserver/registry'),
    renewedTokens(key) {
      const name = `apiserver/token/${key}`
      const uuid = randomUuid(random.stream(name))
      random.release(name)
      return uuid
    },
    addresses: createServiceAddresses(),
  }
  let actor = 'apiserver'
  const log = createRequestLog(journal)
  const observers = options.observers ?? []
  const observeAll = (resource: StoredResource, event: StoreEvent): void => {
    for (const observe of observers) observe(resource, event)
    custom.observe(resource, event)
    if (resource === 'services') context.addresses.observe(event)
  }
  const store = createStore({
    now: () => kernel.now(),
    ...watchCachesOf(minor, kernel),
    freezes: options.freezes ?? true,
    indexKey: (resource) => (resource === 'pods' ? nodeNameOf : undefined),
    written(resource, event) {
      observeAll(resource, event)
      return log.write(actor, resource, event)
    },
    delivering(cause) {
      if (cause !== 0) kernel.cause = cause
    },
    ...(options.startRevision === undefined ? {} : { startRevision: options.startRevision }),
  })
  const own = new Set(options.strategies.map((strategy) => storedName(strategy.resource)))
  const builtIn = coreStrategies().filter((strategy) => !own.has(storedName(strategy.resource)))
  const table = createResourceTable(store, [...builtIn, ...options.strategies], minor)
  const custom = createCustomResources(store, table, context)
  const core: RegistryCore = {
    context,
    table,
    store,
    uids: random.stream('apiserver/uid'),
    names: random.stream('apiserver/generate-name'),
    ofSlices: {
      uids: random.stream('apiserver/uid/endpointslices'),
      names: random.stream('apiserver/generate-name/endpointslices'),
    },
    admission: new AdmissionTable(options.admission),
    lookup: {
      get: (resource, namespace, name) => store.collection(storedName(resource)).get(namespace ?? '', name) as never, // the caller names the resource and its type
      list: (resource, namespace) => store.collection(storedName(resource)).list(namespace) as never, // as above
      replace(resource, object) {
        const collection = store.collection(storedName(resource))
        const existing = collection.get(object.metadata.namespace ?? '', object.metadata.name)
        if (existing !== undefined) collection.update(object, existing)
      },
    },
  }
  const asActor = <T>(user: UserInfo, work: () => T): T => {
    const before = actor
    actor = actorOf(user.name)
    try {
      return work()
    } finally {
      actor = before
    }
  }
  const expiry = createExpiry(core)
  const authorizer = options.authorizers.length === 0 ? undefined : createAuthorizerChain(options.authorizers)
  const requests = createRequests({
    core,
    eventRows: new EventRows(core),
    authorizer,
    log,
    asActor,
    timeouts: random.stream('apiserver/watch-timeout'),
    around: options.around,
  })
  return {
    handle: requests.handle,
    watch: requests.watch,
    http: requests.http,
    connect: requests.connect,
    servePods: requests.servePods,
    openWatches: requests.openWatches,
    closeWatches: requests.closeWatches,
    disturbWatches: requests.disturbWatches,
    discovery: table.discovery,
    store,
    cacheState: () => store.past(),
    addWebhook: (webhook) => core.admission.insert(webhook),
    setGates(gates) {
      context.gates = gates
    },
    seed(resource, object) {
      const served = table.find(resource)
      const ownership = served === undefined ? undefined : seededOwnership(core, served, object)
      const begun = served?.strategy.begin?.(object, undefined, context, false) ?? object
      const given = isStatus(begun) ? object : begun
      const complete = served?.strategy.completeForCreate?.(given, context) ?? given
      store.collection(storedName(resource)).create(complete, ownership)
    },
    atRest: () => ({
      store: store.atRest(),
      expiry: expiry.atRest(),
      found: table.found(),
      objects: storedObjects(store),
    }),
    unseenTokens: {
      epochMs: calendar.epochMs,
      groundOf({ namespace, account, nodeName }) {
        const accountUid = store.collection('serviceaccounts').get(namespace, account)?.metadata.uid
        const nodeUid = store.collection('nodes').get('', nodeName)?.metadata.uid
        return accountUid === undefined ? undefined : { accountUid, nodeUid }
      },
      tokenOf: (wish, ground, issuedAt) => renewedToken(wish, ground, issuedAt, context),
    },
    goOnFrom(rest) {
      store.goOnFrom(rest.store)
      table.goOnFrom(rest.found)
      for (const { resource, event } of rest.objects) observeAll(resource, event)
      expiry.goOnFrom(rest.expiry)
    },
  }
}

function storedObjects({ collections }: Store): RestingApiServer['objects'] {
  const told = [...collections.values()].flatMap((collection) =>
    collection.list(undefined).map((object) => {
      const revision = Number(object.metadata.resourceVersion)
      return { resource: collection.resource, event: { type: 'ADDED' as const, object, old: undefined, revision } }
    }),
  )
  return told.sort((a, b) => a.event.revision - b.event.revision)
}

function nodeNameOf(object: KubeObject): string {
  const { spec } = object as { readonly spec?: { readonly nodeName?: string } } // only called for Pods
  return spec?.nodeName ?? ''
}
