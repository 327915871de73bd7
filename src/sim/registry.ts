import { quantityValue } from '../api/quantity.ts'
import { createRegistry, type SimulatedRegistry } from '../node/runtime/registry.ts'
import { commonImages, unknownImage } from '../shell/catalogue.ts'
import { exitAfter, type ImageDefinition, serveForever } from '../shell/program.ts'
import { secretReader } from '../shell/secret-reader.ts'
import { busyboxPrograms, shellPrograms } from '../shell/shell-program.ts'
import { parseDuration } from './duration.ts'
import type { ImageOptions } from './options.ts'
import type { SimSettings } from './resolve-options.ts'
import { wrong } from './wrong-input.ts'

const orderly = { afterMs: 100, exitCode: 0 }

/** What an image's containers may do when the Pod gives no command: command, and the program behind it. */
const programs: Readonly<Record<string, Partial<ImageDefinition> & Pick<ImageDefinition, 'program'>>> = {
  serve: { cmd: ['serve'], program: (argv, files) => shellPrograms(argv, files) ?? serveForever(orderly) },
  shell: { cmd: ['sh'], program: busyboxPrograms },
  succeed: { cmd: ['succeed'], program: (argv, files) => shellPrograms(argv, files) ?? exitAfter(1000, 0, orderly) },
  crash: { cmd: ['crash'], program: (argv, files) => shellPrograms(argv, files) ?? exitAfter(1000, 1, orderly) },
  'secret-reader': {
    entrypoint: ['secret-reader'],
    program: (argv, files) => (argv[0] === 'secret-reader' ? secretReader : busyboxPrograms(argv, files)),
  },
}

/** Values that `program` of an image may have: serve until stopped, a shell, end well or badly after 1 s, secret-reader. */
export const programNames: readonly string[] = Object.keys(programs)

/** What the registry gives a pull besides time for its bytes. Source: createRegistry's defaults. */
const handshakeMs = 300
const bytesPerMs = 50_000

/** The registries of a simulation: common images, those that its options describe, and every other name as a service. */
export function createImageRegistry({ images, minor }: SimSettings): SimulatedRegistry {
  return createRegistry({
    // Dockershim went with v1.24: what the runtime says changed with it.
    runtime: minor < 24 ? 'docker' : 'containerd',
    images: images.map(definitionOf),
    preloaded: images.filter(({ present }) => present === true).map(({ name }) => name),
    privateRepositories: images.flatMap(({ name, private: credential }) =>
      credential === undefined ? [] : [{ prefix: name, credentials: [credential] }],
    ),
  })
}

/** A known image stays what it is but for what is said of it. */
function definitionOf({ name, program, size, pull }: ImageOptions): ImageDefinition {
  const known = commonImages.find(({ repository }) => repository === name) ?? unknownImage(name)
  const chosen =
    program === undefined ? {} : (programs[program] ?? wrong('images[].program', program, programNames.join(', ')))
  const pullMs = pull === undefined ? undefined : parseDuration(pull)
  const sizeBytes =
    size !== undefined
      ? quantityValue(size)
      : pullMs === undefined
        ? known.sizeBytes
        : Math.max(0, pullMs - handshakeMs) * bytesPerMs
  return { ...known, ...chosen, repository: name, sizeBytes }
}
