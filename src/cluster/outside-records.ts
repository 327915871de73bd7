import { type RecordsOf, row } from '../kernel/record-table.ts'

interface OfFault {
  readonly detail: { readonly kind: string; readonly what: string }
}

interface OfHook {
  readonly hook: string
  readonly operation: string
}

/** What comes from outside of the cluster: accidents, and code of somebody's own. */
export const outsideRecords = {
  'fault.begin': row<OfFault>('An accident begins. Detail: kind, what.'),
  'fault.end': row<OfFault>('It is over. Detail: kind, what.'),
  'controller.start': row<{ readonly detail: { readonly name: string } }>(
    "A controller of somebody's own starts. Detail: name.",
  ),
  'controller.log': row<{ readonly detail: { readonly name: string; readonly text: string } }>(
    'What it says. Detail: name, text.',
  ),
  'controller.end': row<{
    readonly detail: { readonly name: string; readonly how: 'ended' | 'stopped' | 'crashed' | 'failed' }
  }>('It has come to its end, or was stopped, or has crashed. Detail: name, how.'),
  'admission.mutated': row<{ readonly detail: OfHook; readonly before: unknown; readonly after: unknown }>(
    'An admission hook changed an object on its way into the store. Detail: hook, operation. `before`, `after`.',
  ),
  'admission.denied': row<{ readonly detail: OfHook & { readonly message: string } }>(
    'An admission hook refused a request. Detail: hook, operation, message.',
  ),
}

/** A record of an accident, or of code of somebody's own. */
export type OutsideRecord = RecordsOf<typeof outsideRecords>
