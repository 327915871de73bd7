// Keeps a copy of all ConfigMaps as an operator does, and prints it, name by version, for each line that it reads.
import { createInterface } from 'node:readline'
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node'

const config = new KubeConfig()
config.loadFromDefault()
const core = config.makeApiClient(CoreV1Api)
const path = '/api/v1/namespaces/default/configmaps'
const informer = makeInformer(config, path, () => core.listNamespacedConfigMap({ namespace: 'default' }))
const known = new Map()
for (const event of ['add', 'update'])
  informer.on(event, ({ metadata }) => known.set(metadata.name, metadata.resourceVersion))
informer.on('delete', ({ metadata }) => known.delete(metadata.name))
let breaks = 0
const start = () =>
  informer.start().catch(() => {
    breaks++
    setTimeout(start, 100)
  })
informer.on('error', () => {
  breaks++
  setTimeout(start, 100)
})
await start()
for await (const _ of createInterface({ input: process.stdin }))
  console.log(JSON.stringify({ breaks, known: Object.fromEntries([...known].sort()) }))
