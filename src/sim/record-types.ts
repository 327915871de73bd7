import { apiServerRecords } from '../apiserver/records.ts'
import { controllerRecords } from '../controllers/records.ts'
import { kubeletRecords } from '../node/records.ts'
import { runtimeRecords } from '../node/runtime/records.ts'
import { schedulerRecords } from '../scheduler/records.ts'
import { simRecords } from './records.ts'

/** What the records of a simulation's journal can be, by the file that lists them: their types, each with what it tells. */
export const recordTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'src/apiserver/records.ts': apiServerRecords,
  'src/controllers/records.ts': controllerRecords,
  'src/scheduler/records.ts': schedulerRecords,
  'src/node/records.ts': kubeletRecords,
  'src/node/runtime/records.ts': runtimeRecords,
  'src/sim/records.ts': simRecords,
}
