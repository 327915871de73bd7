import type { Pod } from '../api/types/core.ts'
import { commonImages } from '../shell/catalogue.ts'

/** What is taken for granted of an image of which nothing is known. */
export interface ImageAssumption {
  readonly image: string
  /** Pods that run it, as `namespace/name`, in the order in which they were made. */
  readonly pods: readonly string[]
  /** In a sentence: what its programs are taken to do. */
  readonly message: string
}

/** Whether podsim knows what an image does: one of its own, or one that somebody described, by name with or without tag. */
export function isKnownImage(image: string, described: ReadonlySet<string> = new Set()): boolean {
  const repository = repositoryOf(image)
  return (
    described.has(image) || described.has(repository) || commonImages().some((known) => known.repository === repository)
  )
}

/** One entry for each image of Pods that nobody knows, in the order in which Pods name them (L3). */
export function imageAssumptions(pods: readonly Pod[], described: ReadonlySet<string>): readonly ImageAssumption[] {
  const found = new Map<string, ImageAssumption>()
  for (const { metadata, spec } of pods) {
    const name = `${metadata.namespace ?? ''}/${metadata.name}`
    const inits = (spec.initContainers ?? []).map(({ image = '' }) => [image, true] as const)
    const isTask = spec.restartPolicy === 'Never' || spec.restartPolicy === 'OnFailure'
    const regular = spec.containers.map(({ image = '' }) => [image, isTask] as const)
    const late = (spec.ephemeralContainers ?? []).map(({ image = '', stdin }) => [image, stdin !== true] as const)
    for (const [image, ends] of [...inits, ...regular, ...late]) {
      if (image === '' || isKnownImage(image, described)) continue
      const known = found.get(image)
      const before = known?.pods ?? []
      found.set(image, {
        image,
        pods: before.includes(name) ? before : [...before, name],
        message: known?.message ?? assumedOf(image, ends),
      })
    }
  }
  return [...found.values()]
}

/** What is taken of an image's programs. `ends`: they are to do something and end. */
export function assumedOf(image: string, ends: boolean): string {
  const does = ends ? 'does its work and ends' : 'starts and runs on'
  return `image ${image}: what it does is not known; taken is that it ${does}, and reads what it is given`
}

function repositoryOf(image: string): string {
  const [name = ''] = image.split('@')
  const tag = name.lastIndexOf(':')
  return (tag > name.lastIndexOf('/') ? name.slice(0, tag) : name).replace(/^docker\.io\/(library\/)?/, '')
}
