import { type PodReference, referencesOf } from '../../api/pod-references.ts'
import type { Pod } from '../../api/types/core.ts'
import type { Look } from './look.ts'
import type { Output } from './play-state.ts'

/** Which Pods use the selected object, and by what; of a Pod, what it uses itself. */
export function usesText({ rows, selected }: Look): Output {
  if (selected === undefined)
    return { title: 'used by', text: 'the selected object is not there at this moment', isMasked: false }
  const { key } = selected
  const title = key.kind === 'Pod' ? `what pod ${key.name} uses` : `who uses ${key.kind.toLowerCase()} ${key.name}`
  const lines =
    key.kind === 'Pod'
      ? // What is selected there is a Pod, by its kind.
        [...referencesOf(selected.object as Pod)].map(
          (each) => `${each.kind.toLowerCase()} ${each.name}  ${placeText(each)}`,
        ) // of this kind
      : rows.flatMap(({ key: at, object }) => {
          if (at.kind !== 'Pod' || at.namespace !== key.namespace) return []
          const pod = object as Pod // of this kind
          if (key.kind === 'ServiceAccount')
            return pod.spec.serviceAccountName === key.name ? [`pod ${at.name}  runs as it`] : []
          return [...referencesOf(pod)]
            .filter(({ kind, name }) => kind === key.kind && name === key.name)
            .map((each) => `pod ${at.name}  ${placeText(each)}`)
        })
  return { title, text: lines.length === 0 ? 'nobody, at this moment' : lines.join('\n'), isMasked: false }
}

function placeText(reference: PodReference): string {
  switch (reference.in) {
    case 'imagePullSecrets':
      return 'to pull its images'
    case 'env':
      return `variable ${reference.variable} of container ${reference.container.name}`
    case 'envFrom':
      return `all variables ${reference.prefix}* of container ${reference.container.name}`
    case 'volume':
      return `volume ${reference.volume} (${reference.as})`
  }
}
