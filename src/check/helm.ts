import { textAt } from '../go/json.ts'
import type { GivenObject } from './given.ts'

/** Objects of a rendered chart in the order in which an install would make them. */
export interface Ordered {
  readonly objects: readonly GivenObject[]
  /** Hooks that an install does not run: tests, and those of upgrades, rollbacks and removals. */
  readonly leftOut: readonly GivenObject[]
}

/**
 * What `helm install` makes of the output of `helm template`: hooks before and after the rest, by weight, and none that an
 * install does not run. Sources: helm.sh/docs/topics/charts_hooks; helm pkg/release/v1/util/manifest_sorter.go, pkg/action/hooks.go.
 */
export function inInstallOrder(objects: readonly GivenObject[]): Ordered {
  const hooks = objects.filter((given) => hooksOf(given).length > 0)
  if (hooks.length === 0) return { objects, leftOut: [] }
  const runAt = (event: string) =>
    hooks.filter((given) => hooksOf(given).includes(event)).sort((a, b) => weight(a) - weight(b))
  const before = runAt('pre-install')
  const after = runAt('post-install').filter((given) => !before.includes(given))
  const definitions = hooks.filter((given) => hooksOf(given).includes('crd-install'))
  const plain = objects.filter((given) => !hooks.includes(given))
  const run = new Set([...definitions, ...before, ...after])
  return {
    objects: [...definitions, ...before, ...plain, ...after],
    leftOut: hooks.filter((given) => !run.has(given)),
  }
}

function hooksOf({ object }: GivenObject): readonly string[] {
  const text = textAt(object, 'metadata', 'annotations', 'helm.sh/hook')
  return text === '' ? [] : text.split(',').map((hook) => hook.trim())
}

function weight({ object }: GivenObject): number {
  return Number(textAt(object, 'metadata', 'annotations', 'helm.sh/hook-weight')) || 0
}
