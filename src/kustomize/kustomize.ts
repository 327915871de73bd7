/** `kubectl kustomize DIR` and the build behind `-k` (C10). */

import type { VirtualFiles } from '../fs/virtual-files.ts'
import { isObject } from '../go/json.ts'
import { goQuote } from '../go/quote.ts'
import { resolveScalar } from '../go/yaml/go-resolve.ts'
import { toGoYaml } from '../go/yaml/go-yaml.ts'
import { has } from '../versions/changes.ts'
import { kustomize, kustomizeProvenance } from '../versions/kustomize.ts'
import { buildV2 } from './build-v2.ts'
import { buildV5 } from './build-v5.ts'
import { type Generation, KustomizeError, openLoader, PrintingError, refuse } from './loader.ts'
import { newKinds } from './open-api.ts'
import type { Body } from './resource.ts'

/** What a build can reach. */
export interface KustomizeWorld {
  readonly files: VirtualFiles
  /** Where kustomize 2.0.3 looks for the values of bare names in env files. */
  readonly env: ReadonlyMap<string, string>
  /** Minor version of kubectl: 14 to 20 contain kustomize 2.0.3, later ones count as kustomize 5. */
  readonly minor: number
  /** Files outside of the directory of their kustomization may be loaded, too. */
  readonly isUnrestricted?: boolean
  /** The order of the files is kept where no kustomization says otherwise. */
  readonly keepsOrder?: boolean
  /** Everything is labelled with who built it. */
  readonly labelsManager?: boolean
}

/** The objects of a build, or the error that ended it. */
export type KustomizeResult =
  | {
      readonly ok: true
      /** In the order of the output. */
      readonly objects: readonly Readonly<Record<string, unknown>>[]
      /** Lines about deprecated fields, for standard error. */
      readonly warnings: readonly string[]
    }
  | { readonly ok: false; readonly error: string; readonly warnings: readonly string[] }

/** Builds a directory. `error` is without kubectl's own `error: `. */
export function kustomizeBuild(path: string, world: KustomizeWorld): KustomizeResult {
  const generation: Generation = has(world.minor, kustomize.v5) ? 'v5' : 'v2'
  const isFour = generation === 'v5' && !has(world.minor, kustomize.five)
  const warnings: string[] = []
  try {
    const loader = openLoader(world.files, path, generation, {
      isFour,
      minor: world.minor,
      kinds: newKinds(),
      isUnrestricted: world.isUnrestricted === true,
    })
    const build = generation === 'v2' ? buildV2 : buildV5
    const objects = build(loader, {
      env: world.env,
      // Official kubectl 1.18 was built with Go 1.13, where errors name only the field itself.
      naming: has(world.minor, kustomize.errorsNamePaths) ? 'path' : 'own',
      ownVersion: kustomizeProvenance(world.minor),
      keepsOrder: world.keepsOrder === true,
      labelsManager: world.labelsManager === true,
      // Deprecations are told from 5 on.
      warn: (line) => {
        if (!isFour) warnings.push(line)
      },
    })
    if (generation === 'v5') for (const object of objects) checkKeys(object)
    return { ok: true, objects, warnings }
  } catch (error) {
    if (error instanceof KustomizeError || error instanceof PrintingError)
      return { ok: false, error: error.message, warnings }
    throw error
  }
}

/** The objects as `kubectl kustomize` prints them. */
export function kustomizeYaml(objects: readonly unknown[]): string {
  return objects.map((object) => toGoYaml(object)).join('---\n')
}

/**
 * Keys that generators write plainly and that YAML reads as numbers, booleans or null break the printing of kustomize 5
 * (an error of its own that users do meet: a literal `9=x`).
 */
function checkKeys(object: Body): void {
  for (const field of ['data', 'binaryData']) {
    const map = object[field]
    if (isObject(map) && Object.hasOwn(map, '<<'))
      refuse('yaml: map merge requires map or sequence of maps as the value')
    if (isObject(map) && Object.keys(map).some((key) => !isTextKey(key))) {
      refuse(`${goSyntax(object, true)}: json: unsupported type: map[interface {}]interface {}`)
    }
  }
}

function isTextKey(key: string): boolean {
  const { tag } = resolveScalar(key)
  return tag === 'str' || /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/.test(key)
}

/** As Go's %#v prints a map; maps with keys of other types are of another type themselves. */
function goSyntax(value: unknown, isRoot = false): string {
  if (value === null) return 'interface {}(nil)'
  if (typeof value === 'string') return goQuote(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map((item) => goSyntax(item)).join(', ')}}`
  if (!isObject(value)) return String(value)
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : 1))
  const isPlain = isRoot || keys.every(isTextKey)
  const shown = isPlain ? keys : [...keys].sort((a, b) => keyRank(a) - keyRank(b))
  const pairs = shown.map((key) => `${isPlain || isTextKey(key) ? goQuote(key) : goKey(key)}:${goSyntax(value[key])}`)
  return `map[${isPlain ? 'string' : 'interface {}'}]interface {}{${pairs.join(', ')}}`
}

/** Go's fmt sorts keys of several types by type: nil, then texts, then the rest, as its binaries lay the types out. */
function keyRank(key: string): number {
  return isTextKey(key)
    ? 1
    : (['null', 'str', 'int', 'float', 'bool', 'timestamp'] as string[]).indexOf(resolveScalar(key).tag)
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

function goKey(key: string): string {
  const scalar = resolveScalar(key)
  switch (scalar.tag) {
    case 'bool':
    case 'int':
    case 'float':
      return String(scalar.value)
    case 'null':
      return 'interface {}(nil)'
    case 'timestamp': {
      const [year = '', month = '', day = ''] = key.split(/[-Tt ]/)
      return `time.Date(${Number(year)}, time.${monthNames[Number(month) - 1] ?? ''}, ${Number(day)}, 0, 0, 0, 0, time.UTC)`
    }
    default:
      return goQuote(key)
  }
}

/** What `kubectl kustomize` prints, and how it ends; or `kustomize build`, which is a program alone. */
export function runKustomize(
  argv: readonly string[],
  world: KustomizeWorld,
  as: 'kubectl' | 'alone' = 'kubectl',
): { readonly stdout: string; readonly stderr: string; readonly exitCode: number } {
  const isOld = !has(world.minor, kustomize.v5)
  const isCobra = !has(world.minor, kustomize.errorsInLowerCase) || as === 'alone'
  const paths = argv.filter((arg) => !arg.startsWith('-'))
  const flag = argv.find((arg) => arg.startsWith('-'))
  if (flag !== undefined) {
    const stderr = `${isCobra ? 'Error' : 'error'}: podsim does not simulate the flag ${flag} of kustomize\n`
    return { stdout: '', stderr, exitCode: 1 }
  }
  const result: KustomizeResult =
    paths.length > 1
      ? { ok: false, error: 'specify one path to kustomization.yaml', warnings: [] }
      : kustomizeBuild(paths[0] ?? (isOld ? './' : '.'), world)
  const warnings = result.warnings.map((line) => `${line}\n`).join('')
  if (result.ok) return { stdout: kustomizeYaml(result.objects), stderr: warnings, exitCode: 0 }
  // cobra adds its own line break to what a program alone and 2.0.3 say; later kubectl adds one only where there is none.
  const text = isCobra ? `Error: ${result.error}\n` : `error: ${result.error}${result.error.endsWith('\n') ? '' : '\n'}`
  return { stdout: '', stderr: warnings + text, exitCode: 1 }
}
