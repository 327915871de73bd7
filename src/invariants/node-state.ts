import { secretNamesOf } from '../api/pod-references.ts'
import type { Pod } from '../api/types/core.ts'
import { has } from '../versions/changes.ts'
import { kubelet } from '../versions/kubelet.ts'
import type { Invariant, Violated } from './invariant.ts'
import { secretKey } from './secret-history.ts'
import { type ObservedNode, objectOf, podText } from './world.ts'

/** What holds for what a node keeps of Secrets: its cache, its watches, its mounts. */

const podDirectory = /^\/var\/lib\/kubelet\/pods\/([^/]+)$/

export const heldForPods: Invariant = {
  id: 'S-10',
  sentence: 'a node holds a Secret only while a Pod refers to it that is bound to the node and not yet torn down',
  clauses: ['R1', 'S1', 'L6'],
  watch: (world, violated) => ({
    registered(node, pod) {
      const { nodeName } = world.pods.get(pod.metadata.uid ?? '')?.spec ?? pod.spec
      if (nodeName !== node.name)
        violated(`${node.name} registered ${podText(pod)}, bound to ${nodeName}`, [objectOf(pod)])
    },
    fileChanged(node, { op, path }) {
      const uid = op === 'rmdir' ? podDirectory.exec(path)?.[1] : undefined
      if (uid === undefined) return
      for (const pod of node.registered.values())
        if (pod.metadata.uid === uid && secretNamesOf(pod).length > 0)
          violated(`${node.name} still holds the Secrets of ${podText(pod)}, which is gone`, [objectOf(pod)])
    },
    settled() {
      for (const node of world.nodes.values())
        for (const pod of node.registered.values())
          if (
            !isAlive(
              world
                .server()
                .store.collection('pods')
                .get(pod.metadata.namespace ?? '', pod.metadata.name),
              pod,
            )
          )
            violated(`${node.name} still holds the Secrets of ${podText(pod)}, which is deleted`, [objectOf(pod)])
    },
  }),
}

function isAlive(stored: { readonly metadata: { readonly uid?: string } } | undefined, pod: Pod): boolean {
  return (
    stored?.metadata.uid === pod.metadata.uid || pod.metadata.annotations?.['kubernetes.io/config.source'] !== undefined
  )
}

export const countedReferences: Invariant = {
  id: 'S-11',
  sentence: "the references that a node's cache counts are those of its registered Pods; at zero the entry is gone",
  clauses: ['S1'],
  watch(_world, violated) {
    const check = (node: ObservedNode, pod: Pod): void => {
      if (node.secrets === undefined || node.secrets.strategy === 'Get') return
      const namespace = pod.metadata.namespace ?? ''
      const names = secretNamesOf(pod)
      if (names.length === 0) return
      const held = new Map(
        node.secrets.inspect().map((view) => [secretKey(view.namespace, view.name), view.references]),
      )
      for (const name of names) {
        const key = secretKey(namespace, name)
        let wanted = 0
        for (const other of node.registered.values())
          if (other.metadata.namespace === namespace && secretNamesOf(other).includes(name)) wanted++
        const counted = held.get(key)
        if (counted !== (wanted === 0 ? undefined : wanted))
          violated(`${node.name} counts ${counted ?? 'nothing'} for Secret ${key}, not ${wanted}`, [objectOf(pod)])
      }
    }
    return { registered: check, unregistered: check }
  },
}

function isHeld({ registered }: ObservedNode, namespace: string, name: string): boolean {
  for (const pod of registered.values())
    if (pod.metadata.namespace === namespace && secretNamesOf(pod).includes(name)) return true
  return false
}

/** Requests that were under way may still go out. */
const underWayMs = 5000

export const quietImmutables: Invariant = {
  id: 'S-25',
  sentence: 'an immutable Secret that a node has causes no further fetch or watch, and one made anew does not reach it',
  clauses: ['I3', 'I2'],
  watch(world, violated) {
    const frozen = new Map<string, { readonly uid: string | undefined; readonly at: number }>()
    const release = (node: ObservedNode, pod: Pod): void => {
      const namespace = pod.metadata.namespace ?? ''
      for (const name of secretNamesOf(pod)) {
        if (!isHeld(node, namespace, name)) frozen.delete(`${node.name} ${secretKey(namespace, name)}`)
      }
    }
    return {
      given(node, key, result) {
        if (node.secrets?.strategy !== 'Watch' || !world.gates.ImmutableEphemeralVolumes) return
        const before = frozen.get(`${node.name} ${key}`)
        const uid = result.ok ? result.object.metadata.uid : undefined
        if (before !== undefined && before.uid !== uid)
          violated(
            `${node.name} has another Secret ${key} than the immutable one`,
            result.ok ? [objectOf(result.object)] : [],
          )
        if (before === undefined && result.ok && result.object.immutable === true)
          frozen.set(`${node.name} ${key}`, { uid, at: world.kernel.now() })
      },
      secretRequested({ node, verb, key }) {
        const since = frozen.get(`${node.name} ${key}`)
        if (since !== undefined && world.kernel.now() > since.at + underWayMs)
          violated(`${node.name} sent a ${verb} for Secret ${key}`)
      },
      unregistered: release,
      forgot({ name }) {
        for (const key of [...frozen.keys()]) if (key.startsWith(`${name} `)) frozen.delete(key)
      },
    }
  },
}

export const cachedFallback: Invariant = {
  id: 'L-03',
  sentence: 'with the Cache strategy a refresh that fails serves the cached Secret; only NotFound replaces it',
  clauses: ['U3', 'S1'],
  watch(_world, violated) {
    const cached = new Set<string>()
    const drop = (node: ObservedNode, pod: Pod): void => {
      for (const name of secretNamesOf(pod))
        cached.delete(`${node.name} ${secretKey(pod.metadata.namespace ?? '', name)}`)
    }
    return {
      given(node, key, result) {
        if (node.secrets?.strategy !== 'Cache') return
        const id = `${node.name} ${key}`
        if (result.ok) cached.add(id)
        else if (result.error.isNotFound) cached.delete(id)
        else if (cached.has(id))
          violated(`${node.name} answered ${JSON.stringify(result.error.message)} for Secret ${key}`)
      },
      registered: drop,
      unregistered: drop,
      forgot({ name }) {
        for (const key of [...cached]) if (key.startsWith(`${name} `)) cached.delete(key)
      },
    }
  },
}

/**
 * Retries of a request that was under way when the last Pod went may be heard for a minute. From v1.22 on a wait for volumes
 * cannot be cancelled (2m3s, vectors/v1.26/README.md row 7), and one retry of the mount may follow it.
 */
function lastWordsMs(minor: number): number {
  return has(minor, kubelet.finishesSyncsOfTheGone) ? 123_000 + 122_000 : 60_000
}

export const noTrafficWithoutPods: Invariant = {
  id: 'L-06',
  sentence: 'once the last Pod that refers to a Secret is gone from a node, the node no longer asks for it',
  clauses: ['S1', 'I3'],
  watch(world, violated) {
    const released = new Map<string, number>()
    return {
      registered(node, pod) {
        for (const name of secretNamesOf(pod))
          released.delete(`${node.name} ${secretKey(pod.metadata.namespace ?? '', name)}`)
      },
      unregistered(node, pod) {
        const namespace = pod.metadata.namespace ?? ''
        for (const name of secretNamesOf(pod)) {
          if (!isHeld(node, namespace, name))
            released.set(`${node.name} ${secretKey(namespace, name)}`, world.kernel.now())
        }
      },
      secretRequested({ node, verb, key }) {
        const at = released.get(`${node.name} ${key}`)
        const [namespace = '', name = ''] = key.split('/')
        // The manager asks while it registers a Pod.
        if (at !== undefined && world.kernel.now() > at + lastWordsMs(world.minor) && !isHeld(node, namespace, name))
          violated(`${node.name} sent a ${verb} for Secret ${key}, which no Pod of it uses`)
      },
    }
  },
}

export const nothingLeft: Invariant = {
  id: 'S-23',
  sentence: 'after the teardown of a Pod nothing of its Secrets remains on the node',
  clauses: ['L6', 'V1'],
  watch(world, violated) {
    const leftovers = (node: ObservedNode, uid: string, tell: Violated): void => {
      const below = `/var/lib/kubelet/pods/${uid}/`
      const mount = node.fs.tmpfsUsage().find(({ mountPoint }) => mountPoint.startsWith(below))
      if (mount !== undefined) tell(`${mount.mountPoint} is still mounted on ${node.name}`)
      if (node.runtime.podContainers(uid).some(({ state }) => state === 'running'))
        tell(`a container of the Pod ${uid} still runs on ${node.name}`)
    }
    return {
      fileChanged(node, { op, path }) {
        const uid = op === 'rmdir' ? podDirectory.exec(path)?.[1] : undefined
        if (uid !== undefined) leftovers(node, uid, violated)
      },
      told(record) {
        const { actor, object } = record
        if (record.type !== 'volume.tear-down' || object?.uid === undefined) return
        const node = world.nodes.get(actor.slice('kubelet/'.length))
        const end = `/${record.detail.volume}`
        const below = `/var/lib/kubelet/pods/${object.uid}/volumes/`
        const mount = node?.fs
          .tmpfsUsage()
          .find(({ mountPoint }) => mountPoint.startsWith(below) && mountPoint.endsWith(end))
        if (mount !== undefined) violated(`${mount.mountPoint} is still mounted after its teardown`, [object])
      },
      settled() {
        for (const node of world.nodes.values()) {
          const alive = new Set(
            [...world.server().store.collection('pods').list(undefined)].map((pod) => pod.metadata.uid),
          )
          const uids = new Set(
            node.fs
              .tmpfsUsage()
              .flatMap(({ mountPoint }) => /^\/var\/lib\/kubelet\/pods\/([^/]+)\//.exec(mountPoint)?.[1] ?? []),
          )
          for (const uid of uids) if (!alive.has(uid) && world.pods.has(uid)) leftovers(node, uid, violated)
        }
      },
    }
  },
}
