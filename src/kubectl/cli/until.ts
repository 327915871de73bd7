import { type Wait, wait } from '../../kernel/steps.ts'
import type { KubectlHost } from '../host.ts'

/** For `yield*`: goes on when the condition holds, or the time is over; tells which it was. */
export function until(host: KubectlHost, condition: () => boolean, timeoutMs: number): Wait<boolean> {
  return wait(host.until(condition, timeoutMs))
}
