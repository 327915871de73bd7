import { stringify } from 'yaml'
import { encodeBase64, isUtf8, utf8Text } from '../bytes/bytes.ts'
import { formatDuration } from '../sim/duration.ts'
import type { StepSource } from './actions.ts'
import type { StepAction } from './model.ts'
import type { ScenarioSource } from './schema.ts'

/** What a scenario file is written from. */
export interface WrittenScenario
  extends Pick<ScenarioSource, 'title' | 'description' | 'cluster' | 'kubectl' | 'faults'> {
  readonly seed: string
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly steps: readonly StepSource[]
}

/** The text of a scenario file: what is read back is what was written. */
export function scenarioText({
  files,
  cluster,
  kubectl,
  description,
  title,
  seed,
  steps,
  faults,
}: WrittenScenario): string {
  const named = Object.entries(files)
  return stringify(
    {
      title,
      ...(description === undefined ? {} : { description }),
      seed,
      ...(cluster === undefined ? {} : { cluster }),
      ...(kubectl === undefined ? {} : { kubectl }),
      ...(named.length === 0
        ? {}
        : { files: Object.fromEntries(named.map(([name, bytes]) => [name, fileSource(bytes)])) }),
      ...(faults === undefined ? {} : { faults }),
      steps,
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  )
}

function fileSource(bytes: Uint8Array): string | { readonly base64: string } {
  const text = utf8Text(bytes)
  return isUtf8(bytes, text) && !text.includes('\r') ? text : { base64: encodeBase64(bytes) }
}

/** The step of a file that does this at an instant; undefined for what only waits: time is said with `at`. */
export function stepSource(action: StepAction, atMs: number): StepSource | undefined {
  const at = formatDuration(atMs)
  const as = 'as' in action && action.as !== undefined ? { as: action.as } : {}
  const timing =
    'commandTime' in action && action.commandTime !== undefined
      ? { commandTime: formatDuration(action.commandTime) }
      : {}
  switch (action.kind) {
    case 'kubectl': {
      const { line, editor } = action
      return { at, kubectl: line, ...as, ...(editor === undefined ? {} : { editor }), ...timing }
    }
    case 'run':
      return { at, run: action.script, ...as, ...timing }
    case 'apply':
      return { at, apply: action.manifest, ...as, ...timing }
    case 'exec':
      return {
        ...{ at, exec: action.line, in: action.in },
        ...(action.container === undefined ? {} : { container: action.container }),
        ...(action.namespace === undefined ? {} : { namespace: action.namespace }),
      }
    case 'request':
      return { at, request: action.request }
    case 'populate':
      return { at, populate: action.population }
    case 'fault':
      // A file takes what the library takes, with durations as texts: as the scenario or the menu had them.
      return { at, fault: action.fault } as StepSource
    case 'wait':
    case 'waitFor':
      return undefined
  }
}
