import type { Secret } from '../../src/api/types/core.ts'
import { encodeBase64, utf8Bytes } from '../../src/bytes/bytes.ts'
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

/** Base64 of a text. */
export const base64 = (text: string): string => encodeBase64(utf8Bytes(text))

/** Secret `s` with other values. */
export function foreign(object: Secret): Secret {
  if (object.metadata.name !== 's') return object
  return { ...object, data: { a: base64('Value+of+a+9'), b: base64('Value+of+b+9') } }
}

/** A Secret that is missing as one without keys. */
export function emptyForMissing(result: Parameters<Parameters<typeof answersWith>[0]>[0], name: string) {
  if (result.ok || !result.error.isNotFound) return result
  const object: Secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default' } }
  return { ok: true, object } as const
}

/** The first answer again after the second. */
export function goingBack() {
  const seen: Secret[] = []
  return answersWith((result, name) => {
    if (!result.ok || name !== 's') return result
    if (!seen.includes(result.object)) seen.push(result.object)
    return seen.length < 3 ? result : { ok: true, object: seen[0] ?? result.object }
  })
}

/** The first answer whatever comes. */
export function firstForever() {
  let first: Secret | undefined
  return answersWith((result, name) => {
    if (!result.ok || name !== 's') return result
    first ??= result.object
    return { ok: true, object: first }
  })
}

/** The first three answers, then errors. */
export function failingLater() {
  let answers = 0
  return answersWith((result, name) => {
    if (name === 's') answers++
    return answers < 4 ? result : { ok: false, error: { message: 'timed out', isNotFound: false } }
  })
}
