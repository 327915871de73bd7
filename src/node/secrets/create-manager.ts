import { configMapNamesOf, secretNamesOf } from '../../api/pod-references.ts'
import type { ConfigMap, Secret } from '../../api/types/core.ts'
import { resources } from '../../client/client.ts'
import type { RandomStreams } from '../../kernel/random.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { ChangeDetectionStrategy } from '../kubelet/configuration.ts'
import { GetManager } from './get-manager.ts'
import type { ObjectKind, ObjectManager } from './object-manager.ts'
import { TtlManager } from './ttl-manager.ts'
import { type ObjectStreams, WatchManager, type WatchManagerOptions } from './watch-manager.ts'

const secretKind: ObjectKind = { resource: resources.secrets, singular: 'secret', namesOf: secretNamesOf }
const configMapKind: ObjectKind = {
  resource: resources.configMaps,
  singular: 'configmap',
  namesOf: configMapNamesOf,
}

export interface ManagerOptions extends WatchManagerOptions {
  readonly strategy: ChangeDetectionStrategy
  /** Freshness of a cached copy, as the node's annotation has it now. */
  readonly ttlMs: () => VirtualMs
  /** Called before anybody is told how things stand: readings that were not carried out are reckoned up. */
  readonly caughtUp: () => void
}

/** The manager that `configMapAndSecretChangeDetectionStrategy` asks for (facts/kubelet.md 1.1). */
function createObjectManager<T extends Secret | ConfigMap>(
  kind: ObjectKind,
  options: ManagerOptions,
  random: ObjectStreams,
): ObjectManager<T> {
  switch (options.strategy) {
    case 'Watch':
      return new WatchManager<T>(kind, options, random)
    case 'Cache':
      return new TtlManager<T>({ ...options, kind })
    case 'Get':
      return new GetManager<T>(options.kernel, options.client, kind, options.reports, options.caughtUp)
  }
}

/** Both managers of one kubelet, each object with a random stream of its own. */
export function createObjectManagers(
  options: ManagerOptions,
  random: RandomStreams,
  nodeName: string,
): { readonly secrets: ObjectManager<Secret>; readonly configMaps: ObjectManager<ConfigMap> } {
  const streams =
    ({ singular }: ObjectKind): ObjectStreams =>
    (namespace, name) =>
      random.loose(`${nodeName}/kubelet/${singular}/${namespace}/${name}`)
  return {
    secrets: createObjectManager<Secret>(secretKind, options, streams(secretKind)),
    configMaps: createObjectManager<ConfigMap>(configMapKind, options, streams(configMapKind)),
  }
}
