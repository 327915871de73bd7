import { type RecordsOf, row } from '../kernel/record-table.ts'

/** What the scheduler tells the journal. */
export const schedulerRecords = {
  'pod.assumed': row<{ readonly detail: { readonly node: string; readonly feasible: number } }>(
    'The scheduler chose a node and goes on as if the Pod were there. Detail: node; feasible, how many would have done.',
  ),
  'pod.unschedulable': row<{ readonly detail: { readonly message: string } }>(
    'No node fits. Detail: the message of the event and the condition.',
  ),
  'pod.preempting': row<{ readonly detail: { readonly node: string; readonly victims: readonly string[] } }>(
    'The scheduler deletes Pods of lower priority to make room. Detail: node, victims.',
  ),
  'pod.binding-rejected': row<{ readonly detail: { readonly message: string } }>(
    'The API server refused the binding. Detail: the message.',
  ),
}

/** A record of the scheduler. */
export type SchedulerRecord = RecordsOf<typeof schedulerRecords>
