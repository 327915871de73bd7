// One of several that want to lead: who holds the Lease and renews it, does. The rules are those of client-go tools/leaderelection.
import { CoordinationV1Api, KubeConfig, V1MicroTime } from '@kubernetes/client-node'

const [name, holdsForMs] = [process.argv[2], Number(process.argv[3])]
const config = new KubeConfig()
config.loadFromDefault()
const coordination = config.makeApiClient(CoordinationV1Api)
const namespace = 'default'
let seen = { version: '', at: 0 }
let leads = false

function specOf(before) {
  const now = new V1MicroTime()
  const isOwn = before?.holderIdentity === name
  return {
    holderIdentity: name,
    leaseDurationSeconds: Math.ceil(holdsForMs / 1000),
    acquireTime: isOwn ? before.acquireTime : now,
    renewTime: now,
    leaseTransitions: (before?.leaseTransitions ?? 0) + (before === undefined || isOwn ? 0 : 1),
  }
}

async function tryToLead() {
  let lease
  try {
    lease = await coordination.readNamespacedLease({ name: 'leader', namespace })
  } catch (error) {
    if (error.code !== 404) throw error
    await coordination.createNamespacedLease({ namespace, body: { metadata: { name: 'leader' }, spec: specOf() } })
    return true
  }
  const { metadata, spec } = lease
  if (metadata.resourceVersion !== seen.version) seen = { version: metadata.resourceVersion, at: Date.now() }
  // Whether it is out of date is told by one's own clock: how long nobody has renewed it.
  if (spec.holderIdentity !== name && seen.at + holdsForMs > Date.now()) return false
  await coordination.replaceNamespacedLease({ name: 'leader', namespace, body: { metadata, spec: specOf(spec) } })
  return true
}

for (;;) {
  const led = leads
  leads = await tryToLead().catch(({ code }) => {
    console.log(`refused ${code}`)
    return false
  })
  if (led !== leads) console.log(leads ? 'leads' : 'follows')
  await new Promise((resolve) => setTimeout(resolve, holdsForMs / 6))
}
