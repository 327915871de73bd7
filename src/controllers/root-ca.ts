import type { ConfigMap, Namespace } from '../api/types/core.ts'
import { type Client, resources } from '../client/client.ts'
import { isNamespaceTerminating, isNotFound } from '../client/refusals.ts'
import type { Outcome } from '../client/work-queue.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'
import { type ControllerContext, createQueue } from './controller.ts'

/** Name of the config map with the cluster's certificate. Source: pkg/controller/certificates/rootcacertpublisher/publisher.go. */
const rootCaConfigMap = 'kube-root-ca.crt'

/** Since v1.20: `kubernetes.io/description`. Source: publisher.go, DescriptionAnnotation. */
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/** Every namespace has the config map `kube-root-ca.crt`. Since v1.20. */
export function createRootCaPublisher(context: ControllerContext) {
  const client = context.clientFor('root-ca-cert-publisher')
  const namespaces = context.informer<Namespace>(resources.namespaces)
  const configMaps = context.informer<ConfigMap>(resources.configMaps)
  const data = { 'ca.crt': context.options.rootCa }
  const annotations = has(context.minor, controllers.rootCaIsDescribed)
    ? { annotations: { 'kubernetes.io/description': description } }
    : {}

  const { queue, controller } = createQueue({
    context,
    informers: [namespaces, configMaps],
    sync(name) {
      const namespace = namespaces.get(undefined, name)
      if (namespace === undefined || namespace.status?.phase !== 'Active') return 'done'
      const known = configMaps.get(name, rootCaConfigMap)
      if (known === undefined) {
        const metadata = { name: rootCaConfigMap, namespace: name, ...annotations }
        return publish(client, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
      }
      const keys = Object.keys(known.data ?? {})
      if (keys.length === 1 && known.data?.['ca.crt'] === data['ca.crt']) return 'done'
      return correct(client, { ...known, data })
    },
  })

  namespaces.addHandler({
    add: (namespace) => queue.add(namespace.metadata.name),
    update: (_old, namespace) => queue.add(namespace.metadata.name),
  })
  const requeue = ({ metadata }: ConfigMap): void => {
    if (metadata.name === rootCaConfigMap) queue.add(metadata.namespace ?? '')
  }
  configMaps.addHandler({ update: (_old, configMap) => requeue(configMap), delete: requeue })
  return controller
}

function* publish(client: Client, configMap: ConfigMap): Steps<Outcome> {
  const created = yield* attempt(client.create<ConfigMap>(resources.configMaps, configMap))
  // The namespace is gone or going: there is nothing to publish to.
  return created.ok || isNotFound(created.error) || isNamespaceTerminating(created.error) ? 'done' : 'retry'
}

function* correct(client: Client, configMap: ConfigMap): Steps<Outcome> {
  const updated = yield* attempt(client.update<ConfigMap>(resources.configMaps, configMap))
  return updated.ok ? 'done' : 'retry'
}
