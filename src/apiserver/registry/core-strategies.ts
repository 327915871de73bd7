import { definitionStrategy } from '../custom/definition-strategy.ts'
import { configMapStrategy } from './kinds/config-map.ts'
import { eventStrategy } from './kinds/event.ts'
import { namespaceStrategy } from './kinds/namespace.ts'
import { secretStrategy } from './kinds/secret.ts'
import { serviceAccountStrategy } from './kinds/service-account.ts'
import type { Strategy } from './strategy.ts'

/** Strategies of the kinds without which no cluster is one. */
export function coreStrategies(): readonly Strategy[] {
  // A strategy is only ever called with objects of its own resource.
  return [
    secretStrategy,
    namespaceStrategy,
    configMapStrategy,
    serviceAccountStrategy,
    eventStrategy,
    definitionStrategy,
  ] as readonly unknown[] as readonly Strategy[]
}
