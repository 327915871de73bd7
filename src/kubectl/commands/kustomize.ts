import { utf8Bytes } from '../../bytes/bytes.ts'
import { runKustomize } from '../../kustomize/kustomize.ts'
import { kubectl } from '../../versions/kubectl.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failNotSimulated } from '../cli/failure.ts'
import { array, bool, type FlagSpec, flagSince, flagUntil, string, strings } from '../cli/flags.ts'

/** kubectl carries kustomize's own flags since it carries kustomize 4. */
const since = kubectl.kustomizeHasFlags.since

/** Flags of plugins and charts, of which none runs here: they change nothing. */
const ofPrograms: readonly FlagSpec[] = [
  bool('as-current-user'),
  bool('enable-alpha-plugins'),
  bool('enable-helm'),
  strings('env', 'e'),
  string('helm-command', undefined, 'helm'),
  flagSince(31, array('helm-api-versions')),
  flagSince(31, string('helm-kube-version')),
  flagSince(32, bool('helm-debug')),
  strings('mount'),
  bool('network'),
  string('network-name', undefined, 'bridge'),
]

/** The first is what it is unless told otherwise. Source: kustomize/commands/build/flagloadrestrictor.go. */
const restrictors = ['LoadRestrictionsRootOnly', 'LoadRestrictionsNone'] as const

const reorderDeprecated = "use the new 'sortOptions' field in kustomization.yaml instead."

const managedByDeprecated =
  'The flag `enable-managedby-label` has been deprecated. Use the `managedByLabel` option in the `buildMetadata` field instead.'

/** Source: kustomize/commands/build/build.go and its flag files. */
export const kustomizeCommand: Command = {
  name: 'kustomize',
  short: 'Build a kustomization target from a directory or a remote url.',
  flags: [
    ...ofPrograms.map((flag) => ({ ...flag, since: Math.max(flag.since ?? 0, since) })),
    flagSince(since, flagUntil(kubectl.managedByIsDeprecated.since, bool('enable-managedby-label'))),
    flagSince(kubectl.managedByIsDeprecated.since, {
      ...bool('enable-managedby-label'),
      deprecated: managedByDeprecated,
    }),
    flagSince(since, string('load-restrictor', undefined, restrictors[0])),
    flagSince(since, string('output', 'o')),
    flagSince(since, flagUntil(kubectl.reorderIsDeprecated.since, string('reorder', undefined, 'legacy'))),
    flagSince(kubectl.reorderIsDeprecated.since, {
      ...string('reorder', undefined, 'legacy'),
      deprecated: reorderDeprecated,
    }),
  ],
  run(call) {
    const { session, flags, args } = call
    const { files, env } = session.host
    const chosen = session.version.kustomizeHasFlags ? choices(call) : {}
    const result = runKustomize(args, { files, env, minor: session.version.minor, ...chosen })
    // Deprecations are told while files are read.
    session.err(result.stderr)
    const path = session.version.kustomizeHasFlags ? flags.string('output') : ''
    if (path === '' || result.exitCode !== 0) session.out(result.stdout)
    else if (files.kind(path) === 'directory') failNotSimulated('a folder as output of kustomize')
    else files.write(path, utf8Bytes(result.stdout))
    return result.exitCode
  },
}

/** Sources: flagloadrestrictor.go and flagreorderoutput.go. */
function choices({ flags }: Call) {
  const chosen = (flag: string, legal: readonly string[]): string => {
    const value = flags.string(flag)
    if (value !== '' && !legal.includes(value))
      fail(`illegal flag value --${flag} ${value}; legal values: [${legal.join(' ')}]`)
    return value
  }
  const restrictor = chosen('load-restrictor', restrictors)
  const order = chosen('reorder', ['legacy', 'none'])
  return {
    isUnrestricted: restrictor === restrictors[1],
    keepsOrder: order === 'none',
    labelsManager: flags.bool('enable-managedby-label'),
  }
}
