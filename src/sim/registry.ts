import { quantityValue } from '../api/quantity.ts'
import { runtimeKindOf } from '../node/runtime/error-texts.ts'
import { createRegistry, type SimulatedRegistry } from '../node/runtime/registry.ts'
import { commonImages, unknownImage } from '../shell/catalogue.ts'
import type { ImageDefinition } from '../shell/program.ts'
import { handshakeMs, imagePrograms } from './image-programs.ts'
import { millisecondsOf } from './input/formats.ts'
import type { ImageOptions } from './options.ts'
import { ownProgramImage } from './own/programs.ts'
import type { SimSettings } from './resolve-options.ts'

/** Source: createRegistry's defaults. */
const bytesPerMs = 50_000

/** The registries of a simulation: common images, those that its options describe, and every other name as a service. */
export function createImageRegistry({ images, minor, unknownImages, epochMs }: SimSettings): SimulatedRegistry {
  return createRegistry({
    runtime: runtimeKindOf(minor),
    images: images.map((each) => definitionOf(each, unknownImages === 'strict', epochMs)),
    isStrict: unknownImages === 'strict',
    preloaded: images.filter(({ present }) => present === true).map(({ name }) => name),
    privateRepositories: images.flatMap(({ name, private: credential }) =>
      credential === undefined
        ? []
        : [{ prefix: name, credentials: credential === true ? ('any' as const) : [credential] }],
    ),
  })
}

/** A known image stays what it is but for what is said of it. */
function definitionOf(
  { name, program, size, pull }: ImageOptions,
  isStrict: boolean,
  epochMs: number,
): ImageDefinition {
  const known = commonImages(isStrict).find(({ repository }) => repository === name) ?? unknownImage(name, isStrict)
  const chosen =
    typeof program === 'function'
      ? ownProgramImage(name, program, epochMs)
      : program === undefined
        ? {}
        : imagePrograms[program]
  const pullMs = pull === undefined ? undefined : millisecondsOf(pull)
  const sizeBytes =
    size !== undefined
      ? quantityValue(String(size))
      : pullMs === undefined
        ? known.sizeBytes
        : Math.max(0, pullMs - handshakeMs) * bytesPerMs
  return { ...known, ...chosen, repository: name, sizeBytes }
}
