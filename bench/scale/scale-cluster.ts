import type { Pod } from '../../src/api/types/core.ts'
import type { KubeObject } from '../../src/api/types/meta.ts'
import { createObservedSim } from '../../src/sim/create-sim.ts'
import { simHttpRequest } from '../../src/sim/http-request.ts'
import type { Sim } from '../../src/sim/sim.ts'
import { namespacesOf, sharedName, sharedSecret } from './objects.ts'
import type { ScaleSettings } from './settings.ts'

/** Requests and watches at one moment. */
export interface TrafficSample {
  /** Virtual seconds since the start. */
  readonly atS: number
  readonly requestsPerSecond: number
  readonly watches: number
}

/** A cluster of that size, and what is counted of it while time passes. */
export interface ScaleCluster {
  readonly sim: Sim
  /** So far: requests that were answered or, by idle Pods, would have been; watches left out. */
  readonly requests: number
  readonly events: number
  readonly openWatches: number
  /** Pods that are there, and those of them that are ready. */
  readonly pods: number
  readonly readyPods: number
  readonly readyNodes: number
  readonly samples: readonly TrafficSample[]
  /** Lets time pass in slices until `isDone`, with a sample of the traffic for each; false: it was not within `withinS`. */
  pass(sliceS: number, withinS: number, isDone?: () => boolean): boolean
  /** Sends a request as admin; anything but success throws. */
  send(method: string, path: string, body?: object): void
  /** Updates all shared Secrets now; delays in ms of the volumes that have followed are put into `delays` until `stop`. */
  rotate(): { readonly delays: readonly number[]; stop(): void }
}

/** Boots it. The journal is off: what is to be known is counted. */
export function createScaleCluster(settings: ScaleSettings, onSlice: () => void): ScaleCluster {
  const { nodes, strategy, version, seed } = settings
  const counts = { requests: 0, pods: 0, readyPods: 0, readyNodes: 0 }
  const { sim, cluster, kernel } = createObservedSim(
    { seed, nodes, version, journal: 'off', kubelet: { configMapAndSecretChangeDetectionStrategy: strategy } },
    {
      above: {
        requests: (handle) => (request) => {
          counts.requests++
          return handle(request)
        },
        written(resource, change) {
          // Of what nobody counts no object is made.
          if (resource !== 'pods' && resource !== 'nodes') return
          const { object, old, type } = change
          const [is, was] = [type === 'DELETED' ? undefined : object, old ?? (type === 'DELETED' ? object : undefined)]
          if (resource === 'pods') {
            counts.pods += Number(is !== undefined) - Number(was !== undefined)
            counts.readyPods += Number(isReady(is)) - Number(isReady(was))
          } else if (resource === 'nodes') counts.readyNodes += Number(isReady(is)) - Number(isReady(was))
        },
      },
    },
  )
  const { server } = cluster.controlPlane
  const samples: TrafficSample[] = []
  const send: ScaleCluster['send'] = (method, path, body) => {
    // Who reads an answer has its text made, and what it says of owners worked out, for good.
    const answer = server.http(simHttpRequest({ user: 'admin', method, path, body }))
    if ('read' in answer) throw new Error(`${method} ${path}: a stream`)
    if (answer.code >= 300) throw new Error(`${method} ${path}: ${answer.code} ${answer.body}`)
  }
  return {
    sim,
    samples,
    get requests() {
      let unseen = 0
      for (const { kubelet } of cluster.machines.values()) unseen += kubelet.context?.polls.requests ?? 0
      return counts.requests + unseen
    },
    get events() {
      return kernel.events
    },
    get openWatches() {
      return server.openWatches()
    },
    get pods() {
      return counts.pods
    },
    get readyPods() {
      return counts.readyPods
    },
    get readyNodes() {
      return counts.readyNodes
    },
    pass(sliceS, withinS, isDone = () => false) {
      for (let passed = 0; passed < withinS && !isDone(); passed += sliceS) {
        const before = counts.requests
        sim.runFor(sliceS * 1000)
        samples.push({
          atS: sim.now() / 1000,
          requestsPerSecond: (counts.requests - before) / sliceS,
          watches: server.openWatches(),
        })
        onSlice()
      }
      return isDone()
    },
    send,
    rotate() {
      const delays: number[] = []
      const since = sim.now()
      for (const namespace of namespacesOf(settings))
        send('PUT', `/api/v1/namespaces/${namespace}/secrets/${sharedName}`, sharedSecret(2))
      const versions = new Set(
        namespacesOf(settings).map((each) => sim.get<KubeObject>('Secret', sharedName, each)?.metadata.resourceVersion),
      )
      const have = new Set<string>()
      // Whoever listens to files has all of them written: how a volume was made is known without.
      const heard = [...cluster.machines.values()].map(({ kubelet }) =>
        kubelet.states.subscribe(({ machine, podUid, name, event }) => {
          if (machine !== 'volume' || name !== sharedName || event !== 'mount.succeeded' || have.has(podUid)) return
          const use = kubelet.context?.volumes.use(podUid, name)
          if (use === undefined || !versions.has(use.sources[0]?.resourceVersion)) return
          have.add(podUid)
          delays.push(sim.now() - since)
        }),
      )
      return {
        delays,
        stop() {
          for (const each of heard) each.unsubscribe()
        },
      }
    },
  }
}

function isReady(object: KubeObject | undefined): boolean {
  // Of Pods and Nodes, which both have conditions.
  const conditions = (object as Pod | undefined)?.status?.conditions
  return conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
}
