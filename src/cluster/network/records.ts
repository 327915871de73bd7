import { type RecordsOf, row } from '../../kernel/record-table.ts'

interface OfConnection {
  readonly container: string
  readonly attempt: number
  /** `db:5432`, or a name alone. */
  readonly target: string
}

/**
 * Journal records of what programs of containers want of each other. Their actor is `runtime/<node>`, their object the Pod that
 * asks. Only news is told: what ends as it did before is not told again.
 */
export const networkRecords = {
  'network.failed': row<{
    readonly detail: OfConnection & { readonly how: string; readonly why?: string }
  }>(
    'A program did not get what it wanted of another, and ended otherwise before. Detail: container, attempt, target (host, and port if it connects), how (what it comes to), why, as far as the objects of the cluster tell.',
  ),
  'network.reached': row<{ readonly detail: OfConnection }>(
    'A program reaches another, for the first time or after it did not. Detail: container, attempt, target.',
  ),
}

/** A record of the network between containers. */
export type NetworkRecord = RecordsOf<typeof networkRecords>
