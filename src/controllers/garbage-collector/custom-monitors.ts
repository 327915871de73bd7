import type { KubeObject } from '../../api/types/meta.ts'
import type { Informer } from '../../client/informer.ts'
import { type Controller, type ControllerContext, createClockwork } from '../controller.ts'
import type { ApiResource } from '../options.ts'
import { createTicks } from '../ticks.ts'

/** How often discovery is asked what there is. Source: cmd/kube-controller-manager/app/core.go, startGarbageCollectorController: Sync, restMapper.Reset. */
const periodMs = 30_000

/** The kinds that definitions bring, as the garbage collector knows them. */
export interface CustomMonitors {
  readonly controller: Controller
  known(): readonly ApiResource[]
}

/**
 * What CustomResourceDefinitions define is known, and watched, from the next look at discovery on: until then whatever
 * names such an owner is tried again. Source: pkg/controller/garbagecollector/garbagecollector.go, Sync, resyncMonitors.
 */
export function createCustomMonitors(
  context: ControllerContext,
  watch: (resource: ApiResource, informer: Informer<KubeObject>) => void,
): CustomMonitors {
  const { kernel, options } = context
  const monitors = new Map<string, Informer<KubeObject>>()
  let known: readonly ApiResource[] = []

  const look = (): void => {
    const wanted = new Map<string, ApiResource>()
    for (const resource of options.customResources()) {
      const key = `${resource.resource}.${resource.group}`
      if (!wanted.has(key)) wanted.set(key, resource)
    }
    known = [...wanted.values()]
    for (const [key, informer] of monitors) {
      if (wanted.has(key)) continue
      informer.stop()
      monitors.delete(key)
    }
    for (const [key, resource] of wanted) {
      if (monitors.has(key)) continue
      const informer = context.monitor<KubeObject>(resource)
      monitors.set(key, informer)
      watch(resource, informer)
      informer.start()
    }
  }

  const definitions = options.apiResources
    .filter(({ resource }) => resource === 'customresourcedefinitions')
    .map((resource) => context.informer<KubeObject>(resource))
  const controller = createClockwork(kernel, definitions, {
    begin: () => ticks.begin(),
    atRest: () => (monitors.size === 0 ? {} : undefined),
    goOnFrom: (_rest: object, beganAt) => ticks.goOnFrom(beganAt),
  })
  const ticks = createTicks(kernel, controller, periodMs, look)
  const ask = (): void => ticks.request()
  for (const informer of definitions) informer.addHandler({ add: ask, update: ask, delete: ask })
  return { controller, known: () => known }
}
