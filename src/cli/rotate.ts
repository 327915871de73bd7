import type { ManifestFile } from '../check/given.ts'
import { readGiven } from '../check/given.ts'
import { type RotationOptions, type RotationReport, rotationOf } from '../check/rotation.ts'
import { secretMap } from '../check/secret-map.ts'
import { secretNamed } from '../check/secret-name.ts'
import {
  rotationJson,
  rotationMarkdown,
  rotationOverview,
  rotationTable,
  rotationText,
} from '../report/check/rotation.ts'
import { createPaint, joined, type Paint, plain, type TerminalText } from '../report/text.ts'
import { closest } from '../sim/input/closest.ts'
import { type KubernetesVersion, kubernetesVersions, minorOf } from '../versions/version.ts'
import { exitCodes } from './exit-codes.ts'
import { findManifests } from './manifest-files.ts'
import { type NodeFlags, nodesOf } from './node-flags.ts'
import type { Output } from './output.ts'

/** Flags of `podsim rotate`, as commander hands them over. */
export interface RotateFlags extends NodeFlags {
  readonly filename?: readonly string[]
  readonly kustomize?: readonly string[]
  readonly recursive?: boolean
  readonly namespace: string
  readonly version: KubernetesVersion
  readonly strategy?: 'Watch' | 'Cache' | 'Get'
  readonly seeds: number
  readonly all?: boolean
  readonly compare?: string
  readonly versions?: string
  readonly output: 'text' | 'json' | 'markdown'
}

type Strategy = NonNullable<RotateFlags['strategy']>
type Secret = RotationOptions['secret']

/** `podsim rotate`: when each container sees a new value, and which never do. */
export async function rotate(name: string | undefined, flags: RotateFlags, output: Output): Promise<number> {
  const { files, problems } = findManifests({ ...flags, minor: minorOf(flags.version) })
  const secrets =
    name === undefined ? (flags.all === true ? secretsIn(files, flags.namespace) : []) : [secretNamed(name)]
  const strategies = listed(flags.compare, ['Watch', 'Cache', 'Get'] as const, flags.strategy ?? 'Watch', '--compare')
  const versions = listed(flags.versions, kubernetesVersions, flags.version, '--versions')
  const wrong = [
    ...problems,
    ...(name !== undefined && secrets[0] === undefined
      ? [`${JSON.stringify(name)} names no Secret; expected secret/NAME, secret/NAME:KEY or secret/NAMESPACE/NAME`]
      : []),
    ...(name === undefined && flags.all !== true
      ? ['name a Secret, as secret/NAME or secret/NAME:KEY, or give --all']
      : []),
    ...(name !== undefined && flags.all === true ? ['--all is for every Secret; leave the name out'] : []),
    ...(problems.length === 0 ? secrets.flatMap((secret) => unknownSecret(secret, files, flags.namespace)) : []),
    ...(typeof strategies === 'string' ? [strategies] : []),
    ...(typeof versions === 'string' ? [versions] : []),
  ]
  if (wrong.length > 0 || typeof strategies === 'string' || typeof versions === 'string') {
    for (const problem of wrong) output.err(plain`error: ${problem}\n`)
    return exitCodes.usage
  }
  const known = secrets.filter((secret) => secret !== undefined)
  const groups = known.map((secret) => rotations(files, secret, flags, strategies, versions))
  output.out(written(groups, flags.output, createPaint(output.isColoured), flags.all === true))
  return exitCodes.passed
}

function rotations(
  files: readonly ManifestFile[],
  secret: Secret,
  flags: RotateFlags,
  strategies: readonly Strategy[],
  versions: readonly KubernetesVersion[],
): readonly RotationReport[] {
  const { namespace, seeds } = flags
  return versions.flatMap((version) =>
    strategies.map((strategy) => rotationOf(files, { secret, version, strategy, namespace, seeds, ...nodesOf(flags) })),
  )
}

function written(
  groups: readonly (readonly RotationReport[])[],
  format: RotateFlags['output'],
  paint: Paint,
  isAll: boolean,
): TerminalText {
  if (format === 'json') return plain`${rotationJson(groups.flat())}`
  if (format === 'markdown') return plain`${rotationMarkdown(groups.flat())}`
  if (isAll && groups.every((group) => group.length === 1)) return rotationOverview(groups.flat(), paint)
  const texts = groups.map(([first, ...more]) => {
    if (first === undefined) return plain``
    if (more.length === 0) return rotationText(first, paint)
    return rotationTable([first, ...more], ({ strategy, version }) => `${strategy} ${version}`, paint)
  })
  return joined(texts, '\n')
}

/** A name or key that neither a Secret nor a Pod of the manifests has is a slip of the pen. */
function unknownSecret(
  secret: Secret | undefined,
  files: readonly ManifestFile[],
  fallback: string,
): readonly string[] {
  if (secret === undefined) return []
  const { name, namespace = fallback, key } = secret
  const map = secretMap(files, { namespace: fallback })
  const names = map.map((each) => each.secret.replace(/^secret /, ''))
  const full = `${namespace}/${name}`
  const known = map[names.indexOf(full)]
  if (known === undefined)
    return [`secret ${full}: no manifest makes it and nothing uses it${meant(closest(full, names), names)}`]
  const isWrongKey = key !== undefined && known.isGiven && !known.keys.includes(key)
  return isWrongKey ? [`secret ${full} has no key ${key}${meant(closest(key, known.keys), known.keys)}`] : []
}

function meant(near: string | undefined, all: readonly string[]): string {
  if (near !== undefined) return `; did you mean ${near}?`
  return all.length === 0 ? '' : `; there is ${all.join(', ')}`
}

function secretsIn(files: readonly ManifestFile[], fallback: string): readonly Secret[] {
  return readGiven(files)
    .objects.filter(({ kind }) => kind === 'Secret')
    .map(({ name, namespace }) => ({ name, namespace: namespace || fallback }))
}

/** The values of a list with commas, or what is wrong with one of them. */
function listed<T extends string>(
  text: string | undefined,
  known: readonly T[],
  fallback: T,
  flag: string,
): readonly T[] | string {
  if (text === undefined) return [fallback]
  const values = text.split(',')
  const wrong = values.find((value) => !known.some((each) => each === value))
  if (wrong !== undefined) return `${flag} ${JSON.stringify(wrong)}: expected some of ${known.join(', ')}`
  return known.filter((each) => values.includes(each))
}
