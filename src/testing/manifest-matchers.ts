import { secretNamed } from '../check/secret-name.ts'
import {
  allStarts,
  type CheckOptions,
  type CheckReport,
  checkManifests,
  type ManifestFile,
  type Place,
  type RotationOptions,
  type RotationReport,
  type RotationRow,
  rotationOf,
  SimUsageError,
} from '../index.ts'

/** Manifests as the matchers take them: the text of one file, or files by name. */
export type Manifests = string | readonly ManifestFile[]

/** Matchers for manifests: they run a simulated cluster each, so ask once and for all that matters. */
export interface ManifestMatchers<R = unknown> {
  /** Everything is taken and starts; options are those of `checkManifests`: `expect(files).toStartWith({ version: 'v1.36' })`. */
  toStartWith(options?: CheckOptions): R
  /**
   * Every container that uses the Secret sees a new value of it by itself. `secret` is named as `secret/NAME[:KEY]` or as
   * `rotationOf` takes it.
   */
  toFollowRotation(secret: string | RotationOptions['secret'], options?: Omit<RotationOptions, 'secret'>): R
}

interface Verdict {
  readonly pass: boolean
  readonly message: () => string
}

/** What `expect.extend` takes. No value of a Secret is in a failure, for none is in the reports. */
export const manifestMatchers = {
  toStartWith(given: Manifests, options: CheckOptions = {}): Verdict {
    const report = checkManifests(filesOf(given), options)
    return {
      pass: allStarts(report),
      message: () =>
        allStarts(report)
          ? `expected something not to start on ${report.version}, but all ${report.started.length} workloads do`
          : `expected everything to start on ${report.version}\n${problemsOf(report).join('\n')}`,
    }
  },
  toFollowRotation(
    given: Manifests,
    secret: string | RotationOptions['secret'],
    options: Omit<RotationOptions, 'secret'> = {},
  ): Verdict {
    const report = rotationOf(filesOf(given), { ...options, secret: nameOf(secret) })
    const behind = report.rows.filter(staysBehind)
    const what = report.key === undefined ? report.secret : `${report.secret}, key ${report.key}`
    return {
      pass: report.rows.length > 0 && behind.length === 0,
      message: () =>
        report.rows.length === 0
          ? `expected containers to follow a rotation of ${what}, but nothing among the manifests uses it`
          : behind.length === 0
            ? `expected somebody not to follow a rotation of ${what}, but all ${report.rows.length} uses do`
            : `expected everybody to follow a rotation of ${what}\n${behind.map((row) => behindText(row)).join('\n')}${cureText(report)}`,
    }
  },
}

function filesOf(given: Manifests): readonly ManifestFile[] {
  return typeof given === 'string' ? [{ name: 'manifest', text: given }] : given
}

function nameOf(secret: string | RotationOptions['secret']): RotationOptions['secret'] {
  const named = typeof secret === 'string' ? secretNamed(secret) : secret
  if (named !== undefined) return named
  throw new SimUsageError(
    `toFollowRotation: ${JSON.stringify(secret)} names no Secret; expected secret/NAME, secret/NAME:KEY or secret/NAMESPACE/NAME`,
  )
}

const at = ({ file, line, column }: Place) => `${file}:${line}:${column}`

function problemsOf({ unreadable, refused, blocked }: CheckReport): readonly string[] {
  return [
    ...unreadable.map(({ place, message }) => `  ${at(place)}: ${message}`),
    ...refused.map(({ place, object, reason }) => `  ${at(place)}: ${object} is refused: ${reason}`),
    ...blocked.map(({ place, summary, hints, waits }) =>
      [`  ${at(place)}: ${summary}`, ...hints, ...waits.map(({ workload }) => `waits: ${workload}`)].join('\n    '),
    ),
  ]
}

function staysBehind({ effect }: RotationRow): boolean {
  return effect.kind === 'never' || effect.kind === 'notRunning'
}

function behindText({ place, workload, container, way, where, effect }: RotationRow): string {
  const use = [container, way, where].filter((text) => text !== '').join(' ')
  const why = effect.kind === 'never' ? `never: ${effect.reason}; until ${effect.until}` : 'its container does not run'
  return `  ${at(place)}: ${workload} ${use}: ${why}`
}

function cureText({ cures }: RotationReport): string {
  return cures.length === 0 ? '' : `\n  to bring it to everybody:\n${cures.map((cure) => `    ${cure}`).join('\n')}`
}
