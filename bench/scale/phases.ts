import { creations, namespacesOf } from './objects.ts'
import { createScaleCluster, type ScaleCluster } from './scale-cluster.ts'
import type { ScaleSettings } from './settings.ts'

/** A piece of the run. It throws where it does not come to its end. */
export interface Phase {
  readonly name: string
  /** What it may leave: delays in ms that are told of it. */
  run(cluster: ScaleCluster): readonly number[] | undefined
}

const hourS = 3600
/** Longer than Events and orphaned mounts live. Source: kube-apiserver --event-ttl, an hour. */
const untilForgottenS = 2 * hourS
/** Objects that are made within a second, and Pods that are deleted: more than a real server takes, and few enough not to look like a livelock. */
const writesASecond = 25_000

/** What a cluster of that size goes through once it is up. */
export function phasesOf(settings: ScaleSettings): readonly Phase[] {
  return [
    {
      name: 'create',
      run: creation(settings),
    },
    { name: 'until all run', run: untilAllRun(settings) },
    { name: 'rotate', run: rotation(settings) },
    // Events of the start expire, which is not what is asked here.
    { name: 'settle', run: passing(60, untilForgottenS) },
    { name: 'idle hour', run: passing(60, hourS) },
    { name: 'idle day', run: passing(600, 24 * hourS) },
    { name: 'server lost, found again', run: herd(settings) },
    { name: 'delete', run: deletion(settings) },
    { name: 'afterwards', run: passing(60, untilForgottenS) },
  ]
}

/** The first phase: the cluster comes up. */
export function bootPhase(settings: ScaleSettings, onSlice: () => void): ScaleCluster {
  return createScaleCluster(settings, onSlice)
}

function creation(settings: ScaleSettings): Phase['run'] {
  return ({ send, pass }) => {
    let written = 0
    for (const { path, body } of creations(settings)) {
      send('POST', path, body)
      if (++written % writesASecond === 0) pass(1, 1)
    }
    return undefined
  }
}

function passing(sliceS: number, seconds: number): Phase['run'] {
  return ({ pass }) => {
    pass(sliceS, seconds)
    return undefined
  }
}

function untilAllRun({ pods }: ScaleSettings): Phase['run'] {
  return (cluster) => {
    const isDone = () => cluster.readyPods === pods
    if (!cluster.pass(1, 6 * hourS, isDone)) throw new Error(`${cluster.readyPods} of ${pods} Pods are ready after 6h`)
    return undefined
  }
}

/** Volumes follow; what a variable says never does, so nobody waits for it. */
function rotation({ pods }: ScaleSettings): Phase['run'] {
  return (cluster) => {
    const { delays, stop } = cluster.rotate()
    const areThere = cluster.pass(1, hourS, () => delays.length === pods)
    stop()
    if (!areThere) throw new Error(`${delays.length} of ${pods} Pods have the new value after 1h`)
    return delays
  }
}

/** All kubelets lose the API server, and come back at once: until nodes and watches are what they were. */
function herd({ nodes }: ScaleSettings): Phase['run'] {
  return (cluster) => {
    const before = cluster.openWatches
    cluster.sim.fault({ apiServer: 'unreachable', for: '5m' })
    cluster.pass(1, 5 * 60)
    const isDone = () => cluster.readyNodes === nodes && cluster.openWatches >= before
    if (!cluster.pass(1, hourS, isDone))
      throw new Error(
        `${cluster.readyNodes} nodes are ready, ${cluster.openWatches} of ${before} watches open after 1h`,
      )
    return undefined
  }
}

function deletion(settings: ScaleSettings): Phase['run'] {
  return (cluster) => {
    const names = namespacesOf(settings)
    const most = Math.max(1, Math.floor((names.length * writesASecond) / settings.pods))
    for (const [i, name] of names.entries()) {
      cluster.send('DELETE', `/api/v1/namespaces/${name}`)
      if ((i + 1) % most === 0) cluster.pass(1, 1)
    }
    const isDone = () =>
      cluster.pods === 0 && !namespacesOf(settings).some((name) => cluster.sim.get('Namespace', name))
    if (!cluster.pass(1, 6 * hourS, isDone)) throw new Error(`${cluster.pods} Pods are left after 6h`)
    return undefined
  }
}
