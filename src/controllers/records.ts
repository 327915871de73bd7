import { type RecordsOf, row } from '../kernel/record-table.ts'

/** What the controllers tell the journal beside what they do through the API server. */
export const controllerRecords = {
  'controller-manager.started': row('kube-controller-manager begins, with nothing in its memory'),
  'controller-manager.stopped': row('kube-controller-manager ends as if it had crashed'),
  'controller.paused': row('a controller works on nothing until it is resumed'),
  'controller.resumed': row('a paused controller goes on with what it was told of meanwhile'),
}

/** A record of the controllers. */
export type ControllerRecord = RecordsOf<typeof controllerRecords>
