import { createClient } from '../src/client/in-process-client.ts'
import { createLink } from '../src/client/link.ts'
import { Reflector } from '../src/client/reflector.ts'
import { flat } from '../src/kernel/flat-text.ts'
import { createKernel } from '../src/kernel/kernel.ts'
import { createRandomStreams } from '../src/kernel/random.ts'
import { admin, newServer, secrets } from './apiserver.ts'
import { heapBytes } from './measure.ts'

/** What kubelets keep of a Secret lies in a store of their own; here nobody keeps anything. */
const store = { replace() {}, add() {}, update() {}, delete() {} }

/**
 * Bytes of one watch on one Secret by a kubelet's reflector, open and idle: its own, the link's and the API server's part
 * together. 200 reflectors share a link and what they have in common, as those of a node do.
 */
export function idleWatchBytes(count: number): number {
  const kernel = createKernel()
  const server = newServer(0, kernel)
  const random = createRandomStreams('watches')
  const clients = Array.from({ length: Math.ceil(count / 200) }, (_, i) => {
    const link = createLink({ kernel, random: random.stream(`link-${i}`) })
    return createClient({ server, user: admin, link, minor: 18 })
  })
  const kinds = clients.map((client) => ({ kernel, client, resource: secrets.resource, minor: 18 }))
  const names = Array.from({ length: count }, (_, i) => flat(`metadata.name=secret-${i}`))
  const others = server.openWatches()
  const kept: object[] = new Array<object>(count).fill(store)
  const before = heapBytes()
  names.forEach((fieldSelector, i) => {
    const kind = kinds[Math.floor(i / 200)]
    if (kind === undefined) throw new Error('there is a client for every 200 watches')
    const own = { namespace: 'default', store, random: random.loose(`reflector-${i}`), fieldSelector }
    const reflector = new Reflector(kind, own)
    reflector.start()
    kept[i] = reflector
  })
  kernel.runUntil(60_000)
  const open = server.openWatches() - others
  if (open !== count) throw new Error(`${open} watches are open`)
  const bytes = (heapBytes() - before) / count
  if (kept.length !== count) throw new Error('all are kept until they are counted')
  return Math.round(bytes)
}
