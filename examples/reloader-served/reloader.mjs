// Rolls a Deployment when a Secret that it takes its environment from has changed: what Reloader does, in thirty lines.
// It is an operator like any other: it knows nothing of podsim. Try it: docs/serve.md, "An operator".
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node'

const config = new KubeConfig()
config.loadFromDefault()
const core = config.makeApiClient(CoreV1Api)
const apps = config.makeApiClient(AppsV1Api)
const versions = new Map()

function usesSecret({ spec }, name) {
  return spec.template.spec.containers.some(({ env = [], envFrom = [] }) =>
    [...env.map(({ valueFrom }) => valueFrom?.secretKeyRef), ...envFrom.map(({ secretRef }) => secretRef)].some(
      (reference) => reference?.name === name,
    ),
  )
}

async function roll({ metadata: { name, namespace, uid, resourceVersion } }) {
  const known = versions.get(uid)
  versions.set(uid, resourceVersion)
  if (known === undefined || known === resourceVersion) return
  const { items } = await apps.listNamespacedDeployment({ namespace })
  for (const { metadata } of items.filter((deployment) => usesSecret(deployment, name))) {
    const annotations = { 'reloader.example/secret': `${name}@${resourceVersion}` }
    const body = { spec: { template: { metadata: { annotations } } } }
    const merge = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch)
    await apps.patchNamespacedDeployment({ name: metadata.name, namespace, body }, merge)
    console.log(`rolled ${metadata.name} for ${name}`)
  }
}

const informer = makeInformer(config, '/api/v1/secrets', () => core.listSecretForAllNamespaces())
for (const event of ['add', 'update']) informer.on(event, (secret) => void roll(secret).catch(console.error))
informer.on('error', () => setTimeout(() => informer.start(), 1000))
await informer.start()
