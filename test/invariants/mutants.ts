import type { Secret } from '../../src/api/types/core.ts'
import type { Client } from '../../src/client/client.ts'
import type { ClusterSeams } from '../../src/cluster/seams.ts'
import { mapped } from '../../src/kernel/mapped.ts'
import type { ContainerConfig } from '../../src/node/runtime/cri.ts'
import type { ObjectManager, ObjectResult } from '../../src/node/secrets/object-manager.ts'

/** Parts of a cluster that misbehave in one way each, put before the real part. */

/** A manager of Secrets with some methods of its own. */
export function managerWith(
  own: (manager: ObjectManager<Secret>, node: string) => Partial<ObjectManager<Secret>>,
): NonNullable<ClusterSeams['secrets']> {
  return (manager, node) => ({
    strategy: manager.strategy,
    registerPod: (pod) => manager.registerPod(pod),
    unregisterPod: (pod) => manager.unregisterPod(pod),
    get: (namespace, name) => manager.get(namespace, name),
    peek: (namespace, name) => manager.peek(namespace, name),
    changes: manager.changes,
    cachedAt: (namespace, name) => manager.cachedAt(namespace, name),
    traffic: (namespace, name) => manager.traffic(namespace, name),
    inspect: () => manager.inspect(),
    stop: () => manager.stop(),
    ...own(manager, node),
  })
}

/** Every answer for a Secret changed; peeking tells nothing, so that each sync asks. */
export function answersWith(change: (result: ObjectResult<Secret>, name: string) => ObjectResult<Secret>) {
  return managerWith((manager) => ({
    get: (namespace, name) => mapped(manager.get(namespace, name), (result) => change(result, name)),
    peek: () => undefined,
  }))
}

/** A runtime that makes containers from another configuration than it was given. */
export function containersWith(
  change: (config: ContainerConfig) => ContainerConfig,
): NonNullable<ClusterSeams['runtime']> {
  return (runtime) => replaced(runtime, { createContainer: (config) => runtime.createContainer(change(config)) })
}

export function clientWith(own: (client: Client) => Partial<Client>): NonNullable<ClusterSeams['client']> {
  return (client) => replaced(client, own(client))
}

/** A file system with some methods of its own. */
export function fsWith(
  own: (fs: Parameters<NonNullable<ClusterSeams['fs']>>[0]) => Partial<Parameters<NonNullable<ClusterSeams['fs']>>[0]>,
): NonNullable<ClusterSeams['fs']> {
  return (fs) => replaced(fs, own(fs))
}

/** A part with some methods of its own; the others keep their object. */
export function replaced<T extends object>(part: T, own: Partial<T>): T {
  const methods: Readonly<Record<PropertyKey, unknown>> = { ...own }
  return new Proxy(part, {
    get(target, name) {
      const mine = methods[name]
      if (mine !== undefined) return mine
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
