import { resources } from '../../../src/client/client.ts'
import { adminUser } from '../../../src/cluster/control-plane.ts'
import type { RowScore } from '../judge.ts'
import type { RecordedControlPlane } from '../recorded-control-plane.ts'
import type { RequestVector } from '../requests.ts'
import { Bindings, unify } from '../unify.ts'

/** What the namespace of a vector looked like `t` seconds after the step before. */
export interface NamespaceSample {
  readonly t: number
  readonly secrets: readonly string[]
  readonly serviceaccounts: number
  readonly pods: readonly (readonly [name: string, isDeleting: boolean])[]
  readonly namespace:
    | 'gone'
    | { readonly phase: string; readonly conditions: Readonly<Record<string, readonly string[]>> }
}

interface Named {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string }
}

/** One row for each sample. The node confirms the deletion of its Pods just before the recording first sees them gone. */
export function judgeNamespaceTimeline(
  vector: RequestVector,
  cluster: RecordedControlPlane,
  samples: readonly NamespaceSample[],
): readonly RowScore[] {
  const namespace = vector.namespace ?? 'default'
  const bindings = new Bindings()
  let elapsed = 0
  return samples.map((expected) => {
    if (expected.pods.length === 0) forgetPods(cluster, namespace)
    cluster.advance(Math.max(0, Math.round((expected.t - elapsed) * 1000)))
    elapsed = Math.max(elapsed, expected.t)
    const { t, ...shown } = expected
    const diff = unify(shown, sampleOf(cluster, namespace), bindings) ?? ''
    return { row: `${vector.name}#${t}s`, passed: diff === '', diff }
  })
}

function forgetPods(cluster: RecordedControlPlane, namespace: string): void {
  for (const { metadata } of list<Named>(cluster, namespace, 'pods'))
    cluster.plane.server.handle({
      user: adminUser,
      verb: 'delete',
      resource: resources.pods,
      namespace,
      name: metadata.name,
      delete: { gracePeriodSeconds: 0 },
    })
}

function list<T>({ plane }: RecordedControlPlane, namespace: string, resource: string): readonly T[] {
  const answer = plane.server.handle({
    user: adminUser,
    verb: 'list',
    resource: { group: '', version: 'v1', resource },
    namespace,
    list: { namespace },
  })
  return answer.ok ? (answer.object as unknown as { items: T[] }).items : [] // a list of that resource
}

interface NamespaceStatus {
  readonly phase: string
  readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[]
}

function sampleOf(cluster: RecordedControlPlane, namespace: string): Omit<NamespaceSample, 't'> {
  const found = cluster.plane.server.handle({
    user: adminUser,
    verb: 'get',
    resource: resources.namespaces,
    name: namespace,
  })
  const status = found.ok ? (found.object as { status?: NamespaceStatus }).status : undefined
  const conditions = (status?.conditions ?? []).map(
    ({ type, status: is, reason, message }) => [type, [is, reason, message]] as const,
  )
  return {
    secrets: list<Named>(cluster, namespace, 'secrets').map(({ metadata }) => metadata.name),
    serviceaccounts: list(cluster, namespace, 'serviceaccounts').length,
    pods: list<Named>(cluster, namespace, 'pods').map(({ metadata }) => [
      metadata.name,
      metadata.deletionTimestamp !== undefined,
    ]),
    namespace: found.ok ? { phase: status?.phase ?? '', conditions: Object.fromEntries(conditions) } : 'gone',
  }
}
