import type { VirtualMs } from '../../kernel/time.ts'
import type { StepAction } from '../../scenario/model.ts'

/** What a person at the player does in a world, beside what its scenario does: a command line or an accident. */
export interface Doing {
  /** When: not before this instant ... */
  readonly at: VirtualMs
  /** ... and not before so many moments were told, so that it stands where the cursor stood within an instant. */
  readonly moments: number
  readonly action: StepAction
}

/** Verbs of kubectl: a line that begins with one needs no `kubectl` before it. Source: kubectl, pkg/cmd/cmd.go, NewKubectlCommand. */
const kubectlVerbs = new Set(
  (
    'create expose run set explain get edit delete rollout scale autoscale certificate cluster-info top cordon uncordon drain taint ' +
    'describe logs attach exec port-forward proxy cp auth diff apply patch replace wait convert kustomize label annotate completion ' +
    'api-resources api-versions config plugin version options debug events'
  ).split(' '),
)

/**
 * What somebody typed at the prompt: kubectl with or without its name, else lines for the shell. `@alice get secrets` runs
 * it as alice. Undefined where nothing was typed.
 */
export function typedAction(typed: string): StepAction | undefined {
  const [, user, rest] = /^@(\S+)\s+([\s\S]*)$/.exec(typed.trim()) ?? [undefined, undefined, typed.trim()]
  const line = rest ?? ''
  if (line === '') return undefined
  const [first = '', ...words] = line.split(/\s/)
  const isKubectl = first === 'kubectl' || kubectlVerbs.has(first)
  // A pipe, a redirection or a second line asks for a shell.
  if (!isKubectl || /[|><\n;&`$]/.test(line))
    return { kind: 'run', script: isKubectl && first !== 'kubectl' ? `kubectl ${line}` : line, as: user }
  return { kind: 'kubectl', line: first === 'kubectl' ? words.join(' ') : line, as: user, editor: undefined }
}
