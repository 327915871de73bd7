import type { Container } from '../../../api/types/core.ts'
import type { KubeObject, LabelSelector } from '../../../api/types/meta.ts'
import { sortedKeys } from '../../../api/validation/validator.ts'
import { ageSince } from '../../../go/human-duration.ts'
import type { RegistryContext } from '../strategy.ts'
import { nowMs } from './settings.ts'

/** Cells that the tables of several kinds share. Source: pkg/printers/internalversion/printers.go. */

export function ageCell({ metadata }: KubeObject, context: RegistryContext): string {
  return ageSince(metadata.creationTimestamp, nowMs(context))
}

/** Names and images of containers. Source: layoutContainerCells. */
export function containerCells(containers: readonly Container[] | undefined): readonly [string, string] {
  const listed = containers ?? []
  return [listed.map(({ name }) => name).join(','), listed.map(({ image = '' }) => image).join(',')]
}

/** `a=b,c=d`, `<none>` for none. Source: labels.FormatLabels. */
export function labelsCell(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = sortedKeys(labels)
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels?.[key] ?? ''}`).join(',')
}

/** Source: metav1.FormatLabelSelector; `empty` stands for a selector that has nothing to say. */
export function selectorCell(selector: LabelSelector | undefined, empty = '<none>'): string {
  if (selector === undefined) return empty
  const terms = sortedKeys(selector.matchLabels).map((key) => ({
    key,
    text: `${key}=${selector.matchLabels?.[key] ?? ''}`,
  }))
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const listed = `(${[...values].sort().join(',')})`
    const texts = {
      In: `${key} in ${listed}`,
      NotIn: `${key} notin ${listed}`,
      Exists: key,
      DoesNotExist: `!${key}`,
    }
    terms.push({ key, text: texts[operator] ?? key })
  }
  if (terms.length === 0) return empty
  terms.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return terms.map(({ text }) => text).join(',')
}
