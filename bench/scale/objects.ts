import { type Creation, deploymentOf, secretOf } from '../../src/scenario/population.ts'
import type { ScaleSettings } from './settings.ts'

/** Pods of one namespace, which share a Secret. */
const podsPerNamespace = 1000

/** Name of the Secret that all Pods of a namespace have, and of its volume. */
export const sharedName = 'shared'

/** Names of the namespaces that the Pods are in. */
export function namespacesOf({ pods }: ScaleSettings): readonly string[] {
  return Array.from({ length: Math.ceil(pods / podsPerNamespace) }, (_, i) => `team-${i}`)
}

/** A Secret that a namespace shares, in one of its revisions. */
export function sharedSecret(revision: number): object {
  return secretOf(sharedName, `shared-${revision}`)
}

/** All that is created: namespaces with what they share, then each Deployment behind its own Secrets. */
export function* creations(settings: ScaleSettings): Generator<Creation> {
  for (const name of namespacesOf(settings)) {
    yield { path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } }
    yield { path: `/api/v1/namespaces/${name}/secrets`, body: sharedSecret(1) }
  }
  for (const { namespace, name, replicas, containers } of deployments(settings)) {
    const own = Array.from({ length: settings.secretsPerPod }, (_, i) => `${name}-${i}`)
    for (const each of own)
      yield { path: `/api/v1/namespaces/${namespace}/secrets`, body: secretOf(each, each, settings.immutable) }
    yield {
      path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
      body: deploymentOf({ name, replicas, containers }, [sharedName, ...own], true),
    }
  }
}

interface PlannedDeployment {
  readonly namespace: string
  readonly name: string
  readonly replicas: number
  /** Of each of its Pods. */
  readonly containers: number
}

/** Their Pods have as many containers as all, or one more, so that together they come close to what was asked. */
function* deployments(settings: ScaleSettings): Generator<PlannedDeployment> {
  const { pods, containers, replicas } = settings
  let left = containers
  for (let made = 0, i = 0; made < pods; i++) {
    const room = podsPerNamespace - (made % podsPerNamespace)
    const count = Math.min(replicas, pods - made, room)
    const each = Math.max(1, Math.round(left / (pods - made)))
    yield {
      namespace: `team-${Math.floor(made / podsPerNamespace)}`,
      name: `app-${i}`,
      replicas: count,
      containers: each,
    }
    made += count
    left -= each * count
  }
}
