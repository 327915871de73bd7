import { equalJson } from '../api/json.ts'
import { selectorFromSet } from '../api/label-selector.ts'
import type { Pod } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { type Client, type ObjectKey, type Reply, resources } from '../client/client.ts'
import type { EventRecorder } from '../client/event-recorder.ts'
import { keyOf, splitKey } from '../client/informer.ts'
import { errorText, isNamespaceTerminating, isNotFound } from '../client/refusals.ts'
import type { Outcome } from '../client/work-queue.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { type Controller, type ControllerContext, createQueue } from './controller.ts'
import { type EndpointSubset, headlessLabel, isHeadlessService, type Service, subsetsOf } from './endpoint-subsets.ts'
import { eventReference } from './objects.ts'
import { hearOfServices } from './service-pods.ts'
import { TriggerTimes, triggerTimeAnnotation } from './trigger-times.ts'

interface Endpoints extends KubeObject {
  readonly subsets?: readonly EndpointSubset[]
}

/** Which Pods stand behind which Service. Source: pkg/controller/endpoint/endpoints_controller.go. */
export function createEndpointsController(context: ControllerContext): Controller {
  const client = context.clientFor('endpoint-controller')
  const recorder = context.recorder('endpoint-controller', 'endpoint-controller')
  const services = context.informer<Service>(resources.services)
  const endpoints = context.informer<Endpoints>(resources.endpoints)
  const pods = context.informer<Pod>(resources.pods)
  services.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  pods.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  const triggers = new TriggerTimes()

  const { queue, controller } = createQueue({
    context,
    informers: [services, endpoints, pods],
    sync(key) {
      const { namespace, name } = splitKey(key)
      const service = services.get(namespace, name)
      if (service === undefined) {
        triggers.forget(key)
        return remove(client, { namespace, name })
      }
      const { selector } = service.spec
      if (selector === undefined) return 'done'
      const matches = selectorFromSet(selector)
      const selected = pods.byIndex('namespace', namespace).filter(({ metadata }) => matches.matches(metadata.labels))
      const changedAt = triggers.of(service, selected)
      const subsets = subsetsOf(service, selected, context.minor)
      const known = endpoints.get(namespace, name)
      const { labels: serviceLabels = {} } = service.metadata
      const { [headlessLabel]: _headless, ...knownLabels } = known?.metadata.labels ?? {}
      const isSame = equalJson(known?.subsets ?? [], subsets) && equalJson(knownLabels, serviceLabels)
      if (known !== undefined && isSame) return 'done'
      const isHeadless = isHeadlessService(service)
      const { [triggerTimeAnnotation]: _old, ...kept } = known?.metadata.annotations ?? {}
      const annotations = changedAt === undefined ? kept : { ...kept, [triggerTimeAnnotation]: changedAt }
      const labels = isHeadless ? { ...serviceLabels, [headlessLabel]: '' } : serviceLabels
      const metadata = {
        ...(known?.metadata ?? { name, namespace }),
        ...(Object.keys(labels).length === 0 ? {} : { labels }),
        ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      }
      const next: Endpoints = {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata,
        ...(subsets.length === 0 ? {} : { subsets }),
      }
      return known === undefined ? create(client, recorder, next) : update(client, recorder, next)
    },
  })

  hearOfServices(services, pods, (service) => queue.add(keyOf(service)))
  return controller
}

function* remove(client: Client, key: ObjectKey): Steps<Outcome> {
  const gone = yield* attempt(client.delete(resources.endpoints, key))
  return gone.ok || isNotFound(gone.error) ? 'done' : 'retry'
}

function* create(client: Client, recorder: EventRecorder, next: Endpoints): Steps<Outcome> {
  const written = yield* attempt(client.create<Endpoints>(resources.endpoints, next))
  return afterWrite(written, recorder, next, 'FailedToCreateEndpoint', 'create endpoint for service')
}

function* update(client: Client, recorder: EventRecorder, next: Endpoints): Steps<Outcome> {
  const written = yield* attempt(client.update<Endpoints>(resources.endpoints, next))
  return afterWrite(written, recorder, next, 'FailedToUpdateEndpoint', 'update endpoint')
}

function afterWrite(
  written: Reply<Endpoints>,
  recorder: EventRecorder,
  next: Endpoints,
  reason: string,
  what: string,
): Outcome {
  if (written.ok || isNamespaceTerminating(written.error)) return 'done'
  const reference = eventReference(next, { apiVersion: 'v1', kind: 'Endpoints' })
  recorder.event(reference, 'Warning', reason, `Failed to ${what} ${keyOf(next)}: ${errorText(written.error)}`)
  return 'retry'
}
