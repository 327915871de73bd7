import { quantityValue } from '../api/quantity.ts'
import { utf8Bytes } from '../bytes/bytes.ts'
import { splitImage } from '../node/images/image-name.ts'
import { runtimeKindOf } from '../node/runtime/error-texts.ts'
import { createRegistry, type SimulatedRegistry } from '../node/runtime/registry.ts'
import { commonImages, unknownImage } from '../shell/catalogue.ts'
import type { ImageDefinition } from '../shell/program.ts'
import { handshakeMs, imageProgram } from './image-programs.ts'
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
    images: images
      .filter(({ absent }) => absent !== true)
      .map((each) => definitionOf(each, unknownImages === 'strict', epochMs)),
    absent: images.filter(({ absent }) => absent === true).map(({ name }) => name),
    servesUnknown: unknownImages !== 'refuse',
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
function definitionOf(described: ImageOptions, isStrict: boolean, epochMs: number): ImageDefinition {
  const { name, program, user, entrypoint, cmd, files } = described
  const { mayHaveOwnUser, mayHaveEntrypoint, ...known } = knownImage(name, isStrict)
  const chosen =
    typeof program === 'function'
      ? ownProgramImage(name, program, epochMs)
      : program === undefined
        ? {}
        : imageProgram(program, isStrict)
  const own = Object.entries(files ?? {}).map(([path, text]) => [path, utf8Bytes(text)] as const)
  return {
    ...known,
    ...chosen,
    ...(mayHaveOwnUser === true && user === undefined ? { mayHaveOwnUser } : {}),
    ...(mayHaveEntrypoint === true && (program ?? entrypoint ?? cmd) === undefined ? { mayHaveEntrypoint } : {}),
    ...(user === undefined ? {} : userOf(user, files)),
    ...(entrypoint === undefined ? {} : { entrypoint, cmd: [] }),
    ...(cmd === undefined ? {} : { cmd }),
    files: { ...known.files, ...Object.fromEntries(own) },
    repository: name,
    sizeBytes: sizeOf(described) ?? known.sizeBytes,
  }
}

/** A name counts as what /etc/passwd says of it, where that is said; else as somebody who is not root. */
function userOf(
  said: number | string,
  files: ImageOptions['files'],
): Pick<ImageDefinition, 'user' | 'group' | 'userName' | 'isUserUnknown'> {
  const [name = '', ofGroup = ''] = String(said).split(':')
  const group = /^\d+$/.test(ofGroup) ? { group: Number(ofGroup) } : {}
  if (/^\d+$/.test(name)) return { user: Number(name), ...group }
  const passwd = (files?.['/etc/passwd'] ?? '').split('\n').map((line) => line.split(':'))
  const uid = passwd.find(([each]) => each === name)?.[2]
  if (uid !== undefined) return { user: Number(uid), userName: name, ...group }
  const isUnknown = files?.['/etc/passwd'] !== undefined
  return { user: knownUsers[name] ?? someUser, userName: name, ...group, ...(isUnknown ? { isUserUnknown: true } : {}) }
}

const knownUsers: Readonly<Record<string, number>> = { root: 0, daemon: 1, nobody: 65534 }
const someUser = 1000

function knownImage(name: string, isStrict: boolean): ImageDefinition {
  const { repository } = splitImage(name)
  const common = commonImages(isStrict).find((each) => splitImage(each.repository).repository === repository)
  return common ?? unknownImage(name, isStrict)
}

function sizeOf({ size, pull }: ImageOptions): number | undefined {
  if (size !== undefined) return quantityValue(String(size))
  const pullMs = pull === undefined ? undefined : millisecondsOf(pull)
  return pullMs === undefined ? undefined : Math.max(0, pullMs - handshakeMs) * bytesPerMs
}
