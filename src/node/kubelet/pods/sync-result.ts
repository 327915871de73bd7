import type { VirtualMs } from '../../../kernel/time.ts'

/** One step of a sync that went well or badly. Source: pkg/kubelet/container/sync_result.go. */
export interface SyncResult {
  readonly action:
    | 'StartContainer'
    | 'KillContainer'
    | 'CreatePodSandbox'
    | 'ConfigPodSandbox'
    | 'KillPodSandbox'
    | 'ResizePodInPlace'
    | 'SyncPod'
  readonly target: string
  /** Reason as waiting containers show it: `CreateContainerConfigError`, `CrashLoopBackOff`. Undefined: it went well. */
  readonly error?: string
  readonly message?: string
  /** When a crash back-off ends. */
  readonly retryAt?: VirtualMs
}

/** Whether a sync with these results is tried again soon. */
export function hasFailed(results: readonly SyncResult[]): boolean {
  return results.some(({ error }) => error !== undefined)
}
