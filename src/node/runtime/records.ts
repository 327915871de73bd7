import { type RecordsOf, row } from '../../kernel/record-table.ts'

/** What records of one container say of it; `attempt` counts from 0. */
interface OfContainer {
  readonly container: string
  readonly attempt: number
}

/**
 * Journal records of the container runtime. Their actor is `runtime/<node>`, their object the Pod. The words in brackets
 * are what the recorded timelines call them.
 */
export const runtimeRecords = {
  'sandbox.run': row<{ readonly detail: { readonly attempt: number; readonly ip: string } }>(
    'A sandbox is ready (RunPodSandbox). Detail: attempt, ip.',
  ),
  'sandbox.stop': row<{ readonly detail: { readonly attempt: number } }>(
    'A sandbox was stopped (StopPodSandbox), and what still ran in it killed. Detail: attempt.',
  ),
  'sandbox.remove': row<{ readonly detail: { readonly attempt: number } }>(
    'A stopped sandbox was removed. Detail: attempt.',
  ),
  'image.pull': row<{ readonly detail: { readonly image: string; readonly username?: string } }>(
    'A pull began (PullImage). Detail: image, username of the credentials if any.',
  ),
  'image.pulled': row<{ readonly detail: { readonly image: string; readonly result: string } }>(
    'A pull ended (PullImageDone). Detail: image, result: `ok` or the error of the registry.',
  ),
  'container.create': row<{
    readonly detail: OfContainer & {
      readonly command: readonly string[]
      readonly mounts: readonly string[]
      readonly env: readonly string[]
    }
  }>('A container was made (CreateContainer). Detail: container, attempt, command, mounts, names of env.'),
  'container.start': row<{ readonly detail: OfContainer }>(
    'Its program runs (StartContainer). Detail: container, attempt.',
  ),
  'container.stop': row<{ readonly detail: OfContainer & { readonly timeoutSeconds: number } }>(
    'It was told to end (StopContainer). Detail: container, attempt, timeoutSeconds.',
  ),
  'container.exit': row<{ readonly detail: OfContainer & { readonly exitCode: number; readonly reason: string } }>(
    'Its program ended (ContainerExited). Detail: container, attempt, exitCode, reason.',
  ),
  'container.remove': row<{ readonly detail: OfContainer }>(
    'An ended container was removed (RemoveContainer). Detail: container, attempt.',
  ),
}

/** The table, for the compiler. */
export type RuntimeRecords = typeof runtimeRecords
/** A record of a container runtime. */
export type RuntimeRecord = RecordsOf<RuntimeRecords>
