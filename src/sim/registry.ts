import { image } from '../node/programs/image.ts'
import { serveForever } from '../node/programs/program.ts'
import { createRegistry, type SimulatedRegistry } from '../node/runtime/registry.ts'
import { quantityValue } from '../objects/quantity.ts'
import type { SimSettings } from './resolve-options.ts'

/** The registries of a simulation: what its options describe, and every other name as an image that just runs. */
export function createImageRegistry({ images, minor }: SimSettings): SimulatedRegistry {
  return createRegistry({
    // Dockershim went with v1.24: what the runtime says changed with it.
    runtime: minor < 24 ? 'docker' : 'containerd',
    images: images.map(({ name, size }) =>
      image(
        name,
        () => serveForever({ afterMs: 100, exitCode: 0 }),
        size === undefined ? {} : { sizeBytes: quantityValue(size) },
      ),
    ),
    preloaded: images.filter(({ present }) => present === true).map(({ name }) => name),
    privateRepositories: images.flatMap(({ name, private: credential }) =>
      credential === undefined ? [] : [{ prefix: name, credentials: [credential] }],
    ),
  })
}
