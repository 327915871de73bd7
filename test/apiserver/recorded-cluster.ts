import { admissionPlugins } from '../../src/apiserver/admission/plugins/all.ts'
import { kindStrategies } from '../../src/apiserver/registry/kinds/all.ts'
import { systemPriorities } from '../../src/apiserver/registry/kinds/cluster-policies.ts'
import type { ApiRequest } from '../../src/apiserver/server.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import type { ServiceAccount } from '../../src/objects/core.ts'
import { generateName } from '../../src/objects/generate-name.ts'
import type { ResourceQuota } from '../../src/objects/limits.ts'
import type { KubeList, KubeObject, ResourceRef } from '../../src/objects/meta.ts'
import type { FeatureGates } from '../../src/versions/feature-gates.ts'
import type { JudgedCluster, RequestVector } from '../judge/requests.ts'
import { admin, newApiServer } from './new-api-server.ts'

const core = (resource: string): ResourceRef => ({ group: '', version: 'v1', resource })

/**
 * The recorded set-up (README-real-cluster.md) without its controllers: what those of accounts, tokens and quotas would
 * have made by then is made through the API, whenever half a second or more passes.
 */
export function recordedCluster(vector: RequestVector): JudgedCluster {
  const { server, kernel } = newApiServer(
    { admission: admissionPlugins({ podPreset: true }), strategies: kindStrategies },
    (vector.gates ?? {}) as Partial<FeatureGates>, // gates of the recording are gates of podsim
  )
  const names = createRandomStreams('accounts').stream('token')
  const call = (request: Omit<ApiRequest, 'user'>): KubeObject | undefined => {
    const answer = server.handle({ user: admin, ...request })
    return answer.ok && answer.object.kind !== 'Status' ? (answer.object as KubeObject) : undefined // not a Status
  }
  const list = <T extends KubeObject>(resource: ResourceRef, namespace?: string): readonly T[] => {
    const found = call({
      verb: 'list',
      resource,
      ...(namespace === undefined ? {} : { namespace, list: { namespace } }),
    })
    return (found as unknown as KubeList<T>).items // a list was asked for
  }
  const create = (resource: ResourceRef, body: KubeObject, namespace?: string) =>
    call({ verb: 'create', resource, body, ...(namespace === undefined ? {} : { namespace }) })

  const giveToken = (account: ServiceAccount, namespace: string) => {
    if ((account.secrets ?? []).some(({ name = '' }) => name.startsWith(`${account.metadata.name}-token-`))) return
    const name = generateName(`${account.metadata.name}-token-`, names)
    const annotations = {
      'kubernetes.io/service-account.name': account.metadata.name,
      'kubernetes.io/service-account.uid': account.metadata.uid ?? '',
    }
    const data = { token: 'dA==', namespace: 'bg==', 'ca.crt': 'Yw==' }
    const type = 'kubernetes.io/service-account-token'
    create(core('secrets'), secret({ name, namespace, annotations }, type, data), namespace)
    const secrets = [...(account.secrets ?? []), { name }]
    const body = { ...account, secrets }
    call({ verb: 'update', resource: core('serviceaccounts'), namespace, name: account.metadata.name, body })
  }
  const countQuota = (quota: ResourceQuota, namespace: string) => {
    const hard = quota.spec?.hard ?? {}
    const used = Object.fromEntries(Object.keys(hard).map((name) => [name, String(list(core(name), namespace).length)]))
    const body = { ...quota, status: { hard, used } }
    const { name } = quota.metadata
    call({ verb: 'update', resource: core('resourcequotas'), subresource: 'status', namespace, name, body })
  }
  const settle = () => {
    for (const { metadata } of list(core('namespaces'))) {
      const namespace = metadata.name
      const accounts = () => list<ServiceAccount>(core('serviceaccounts'), namespace)
      if (!accounts().some((account) => account.metadata.name === 'default')) {
        create(core('serviceaccounts'), object('ServiceAccount', { name: 'default', namespace }), namespace)
      }
      for (const account of accounts()) giveToken(account, namespace)
      for (const quota of list<ResourceQuota>(core('resourcequotas'), namespace)) countQuota(quota, namespace)
    }
  }

  for (const name of ['default', 'kube-system', 'kube-public', vector.namespace ?? 'vault']) {
    create(core('namespaces'), object('Namespace', { name }))
  }
  const classes: ResourceRef = { group: 'scheduling.k8s.io', version: 'v1', resource: 'priorityclasses' }
  for (const [name, value] of Object.entries(systemPriorities)) {
    const priorityClass = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value }
    create(classes, priorityClass)
  }
  settle()
  return {
    http: (request) => server.http(request),
    advance(ms) {
      if (ms >= 500) settle()
      kernel.runUntil(kernel.now() + ms)
    },
  }
}

function object(kind: string, metadata: KubeObject['metadata']): KubeObject {
  return { apiVersion: 'v1', kind, metadata }
}

function secret(metadata: KubeObject['metadata'], type: string, data: Readonly<Record<string, string>>): KubeObject {
  return { ...object('Secret', metadata), type, data } as KubeObject // a Secret is an object with more members
}
