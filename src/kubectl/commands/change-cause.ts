import { withValue } from '../../api/change.ts'
import type { Call } from '../cli/command.ts'
import { bool, type FlagSpec, flagSince, flagUntil } from '../cli/flags.ts'

/** What a change was made by, as `rollout history` tells it. */
export const causeAnnotation = 'kubernetes.io/change-cause'

/** Source: cli-runtime pkg/genericclioptions/record_flags.go, AddFlags; CHANGELOG-1.22. */
export const recordFlags: readonly FlagSpec[] = [
  flagUntil(22, bool('record')),
  flagSince(22, { ...bool('record'), deprecated: '--record will be removed in the future' }),
]

/** An object that tells the command line which changes it, where `--record` asks for that. Source: record_flags.go, ChangeCauseRecorder. */
export function recorded<T>(call: Call, object: T): T {
  // With another annotation an object is what it was.
  return recordsItself(call)
    ? (withValue(object, ['metadata', 'annotations', causeAnnotation], cause(call)) as T)
    : object
}

/** The merge patch that records the command line on its own; undefined where nothing asks for it. */
export function recordPatch(call: Call): string | undefined {
  return recordsItself(call)
    ? JSON.stringify({ metadata: { annotations: { [causeAnnotation]: cause(call) } } })
    : undefined
}

function recordsItself({ flags }: Call): boolean {
  return flags.has('record') && flags.bool('record')
}

/** Words first, then flags as they came, each with its value. Source: record_flags.go, parseCommandArguments. */
function cause({ path, args, flags }: Call): string {
  return [path, ...args, ...flags.given.map(({ name, value }) => `--${name}=${value}`)].join(' ')
}
