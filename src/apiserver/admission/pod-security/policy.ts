import { type FieldError, invalid } from '../../../api/validation/field-errors.ts'

/** Which policies the labels of a namespace ask for. Source: pod-security-admission api/helpers.go. */

/** How strict a policy is. */
export type Level = 'privileged' | 'baseline' | 'restricted'

/** A policy: how strict, and as of which version. */
export interface LevelVersion {
  readonly level: Level
  /** Minor of the policy; undefined: the latest. */
  readonly minor: number | undefined
}

/** What a namespace enforces, and what it only warns of. */
export interface Policy {
  readonly enforce: LevelVersion
  readonly warn: LevelVersion
}

const nothing: LevelVersion = { level: 'privileged', minor: undefined }
const noPolicy: Policy = { enforce: nothing, warn: nothing }
const levels: readonly string[] = ['privileged', 'baseline', 'restricted']
const prefix = 'pod-security.kubernetes.io/'

type Labels = Readonly<Record<string, string>> | undefined

/** A level that nobody knows counts as restricted where it is enforced, elsewhere as privileged. Nothing is logged, so that audit matters for its errors alone. */
export function policyOf(labels: Labels): { readonly policy: Policy; readonly errors: readonly FieldError[] } {
  if (labels === undefined) return { policy: noPolicy, errors: [] }
  const errors: FieldError[] = []
  const read = (mode: 'enforce' | 'audit' | 'warn'): LevelVersion => ({
    level: levelIn(labels, prefix + mode, mode === 'enforce' ? 'restricted' : 'privileged', errors),
    minor: minorIn(labels, `${prefix}${mode}-version`, errors),
  })
  const [enforce, , warn] = [read('enforce'), read('audit'), read('warn')]
  return { policy: { enforce, warn }, errors }
}

function levelIn(labels: NonNullable<Labels>, key: string, otherwise: Level, errors: FieldError[]): Level {
  const value = labels[key]
  if (value === undefined) return 'privileged'
  if (isLevel(value)) return value
  errors.push(invalid(`metadata.labels[${key}]`, value, `must be one of ${levels.join(', ')}`))
  return otherwise
}

function isLevel(value: string): value is Level {
  return levels.includes(value)
}

function minorIn(labels: NonNullable<Labels>, key: string, errors: FieldError[]): number | undefined {
  const value = labels[key] ?? 'latest'
  if (value === 'latest') return undefined
  const minor = /^v1\.(\d|[1-9]\d*)$/.exec(value)?.[1]
  if (minor !== undefined) return Number(minor)
  errors.push(invalid(`metadata.labels[${key}]`, value, 'must be "latest" or "v1.x"'))
  return undefined
}

/** Source: LevelVersion.String. */
export function levelText({ level, minor }: LevelVersion): string {
  return `${level}:${minor === undefined ? 'latest' : `v1.${minor}`}`
}

/** Whether two policies are one. */
export function areSame(a: LevelVersion, b: LevelVersion): boolean {
  return a.level === b.level && a.minor === b.minor
}

/** Source: CompareLevels. */
export function isStricter(a: Level, b: Level): boolean {
  return levels.indexOf(a) > levels.indexOf(b)
}
