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
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'
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
      const isSame =
        equalJson(known?.subsets ?? [], subsets) && areOfService(known?.metadata.labels, serviceLabels, context.minor)
      if (known !== undefined && isSame) return 'done'
      const { [triggerTimeAnnotation]: _old, ...kept } = known?.metadata.annotations ?? {}
      const annotations = changedAt === undefined ? kept : { ...kept, [triggerTimeAnnotation]: changedAt }
      const labels = labelsOf(service, context.minor)
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

/** Says since v1.33 whose Endpoints these are. Source: endpoints_controller.go, LabelManagedBy. */
const managedBy = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' } as const

function labelsOf(service: Service, minor: number): Readonly<Record<string, string>> {
  const { [headlessLabel]: _own, ...labels } = service.metadata.labels ?? {}
  return {
    ...labels,
    ...(isHeadlessService(service) ? { [headlessLabel]: '' } : {}),
    ...(has(minor, controllers.endpointsNameTheirController) ? managedBy : {}),
  }
}

/** Source: labelsCorrectForEndpoints. */
function areOfService(known: Readonly<Record<string, string>> = {}, ofService: object, minor: number): boolean {
  const { [headlessLabel]: _headless, ...labels } = known
  const expected = has(minor, controllers.endpointsNameTheirController) ? { ...ofService, ...managedBy } : ofService
  return equalJson(labels, expected)
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
