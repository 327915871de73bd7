import type { Pod } from '../../api/types/core.ts'
import type { Job } from '../../api/types/workload-specs.ts'
import type { Client } from '../../client/client.ts'
import type { Informer } from '../../client/informer.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Expectations } from '../expectations.ts'
import type { PodControl } from '../pod-control.ts'
import type { JobPods } from './job-pods.ts'

/** What a sync of a Job works with. */
export interface JobParts {
  readonly minor: number
  readonly client: Client
  readonly jobs: Informer<Job>
  readonly control: PodControl
  readonly expectations: Expectations
  readonly jobPods: JobPods
  /** Those that the Job controls, with what it adopts; undefined when that did not work out. */
  ownPods(job: Job): Steps<readonly Pod[] | undefined>
  tell(job: Job, type: 'Normal' | 'Warning', reason: string, message: string): void
  nowEpochMs(): number
  /** RFC 3339. */
  nowText(): string
  /** Looks at a Job again in `delayMs`, or earlier. */
  addAfter(key: string, delayMs: VirtualMs): void
  /** How often the sync of a Job has failed in a row. */
  retries(key: string): number
}
