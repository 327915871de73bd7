import type { HistoricObject, HistoryCursor } from '../../kernel/history.ts'
import type { Recording } from '../world/recording.ts'
import { type ObjectRow, objectRows } from './objects.ts'
import { type PlayState, seqAt, worldOf } from './play-state.ts'

/** What a state means: the objects of its moment and the one that is selected. Nothing in it is counted anew for a second asker. */
export interface Look {
  readonly recording: Recording
  /** Record right after which everything is shown. */
  readonly seq: number
  readonly objects: ReadonlyMap<string, HistoricObject>
  readonly rows: readonly ObjectRow[]
  /** The selected object; where nothing is selected, the first; undefined where it is not there at this moment. */
  readonly selected: ObjectRow | undefined
  /** The uid that is selected is of an object that is not there at this moment. */
  readonly isGone: boolean
}

/**
 * Looks at states. It goes through a world's history with one cursor, so that a step costs what changed in it, however
 * many objects there are.
 */
export function createLooker(): (state: PlayState) => Look {
  const cursors = new WeakMap<Recording, HistoryCursor>()
  let last: (Omit<Look, 'selected' | 'isGone'> & { readonly recording: Recording }) | undefined
  return (state) => {
    const { recording } = worldOf(state)
    const seq = seqAt(recording, state.cursor.at)
    if (last === undefined || last.recording !== recording || last.seq !== seq) {
      let cursor = cursors.get(recording)
      if (cursor === undefined) {
        cursor = recording.history.cursor()
        cursors.set(recording, cursor)
      }
      cursor.moveTo(seq)
      const { objects } = cursor
      last = { recording, seq, objects, rows: objectRows(objects) }
    }
    const { rows } = last
    const chosen = state.selection === undefined ? undefined : rows.find(({ uid }) => uid === state.selection)
    const isGone = state.selection !== undefined && chosen === undefined
    return { ...last, selected: isGone ? undefined : (chosen ?? rows[0]), isGone }
  }
}
