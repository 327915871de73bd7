import type { Node } from '../api/types/core.ts'
import { type Client, resources } from '../client/client.ts'
import { isNotFound } from '../client/refusals.ts'
import type { Outcome } from '../client/work-queue.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'
import { type Controller, type ControllerContext, createQueue } from './controller.ts'

/** Where the kubelet reads how long it may keep Secrets. Source: core/v1 annotation_key_constants.go, ObjectTTLAnnotationKey. */
const ttlAnnotation = 'node.alpha.kubernetes.io/ttl'

/** Source: pkg/controller/ttl/ttl_controller.go, ttlBoundaries; facts/kubelet.md 1.7. */
const boundaries = [
  { sizeMin: 0, sizeMax: 100, ttlSeconds: 0 },
  { sizeMin: 90, sizeMax: 500, ttlSeconds: 15 },
  { sizeMin: 450, sizeMax: 1000, ttlSeconds: 30 },
  { sizeMin: 900, sizeMax: 2000, ttlSeconds: 60 },
  { sizeMin: 1800, sizeMax: 10_000, ttlSeconds: 300 },
  { sizeMin: 9000, sizeMax: Number.MAX_SAFE_INTEGER, ttlSeconds: 600 },
] as const

/** Tells every node, by annotation, how long it may keep Secrets: longer in bigger clusters (U2). Source: ttl_controller.go. */
export function createNodeTtlController(context: ControllerContext): Controller {
  const client = context.clientFor('ttl-controller')
  const nodes = context.informer<Node>(resources.nodes)
  let count = 0
  let step = 0
  const bounds = () => boundaries[step] ?? boundaries[0]
  const longestSeconds = has(context.minor, controllers.ttlsUpToFiveMinutes) ? 300 : 600
  const ttlSeconds = () => Math.min(bounds().ttlSeconds, longestSeconds)

  const { queue, controller } = createQueue({
    context,
    informers: [nodes],
    sync(name) {
      const node = nodes.get(undefined, name)
      const wanted = String(ttlSeconds())
      if (node === undefined || node.metadata.annotations?.[ttlAnnotation] === wanted) return 'done'
      return annotate(client, name, wanted)
    },
  })
  // Only an update of this very node brings it the ttl of the present size, as in the original: its next report is one.
  const changeStep = (by: 1 | -1): void => {
    step += by
    context.options.tellNextReports()
  }
  nodes.addHandler({
    add({ metadata }) {
      count++
      if (count > bounds().sizeMax) changeStep(1)
      queue.add(metadata.name)
    },
    update: (_old, { metadata }) => queue.add(metadata.name),
    delete() {
      count--
      if (count < bounds().sizeMin) changeStep(-1)
    },
  })
  return controller
}

function* annotate(client: Client, name: string, ttlSeconds: string): Steps<Outcome> {
  const body = { metadata: { annotations: { [ttlAnnotation]: ttlSeconds } } }
  const type = 'application/strategic-merge-patch+json'
  const patched = yield* attempt(client.patch<Node>(resources.nodes, { name }, type, body))
  return patched.ok || isNotFound(patched.error) ? 'done' : 'retry'
}
