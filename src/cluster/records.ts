import { type ApiServerRecord, apiServerRecords, type RequestRecord } from '../apiserver/records.ts'
import { type ControllerRecord, controllerRecords } from '../controllers/records.ts'
import type { JournalReader } from '../kernel/journal.ts'
import type { RecordTable } from '../kernel/record-table.ts'
import { type KubeletRecord, kubeletRecords } from '../node/records.ts'
import { type RuntimeRecord, runtimeRecords } from '../node/runtime/records.ts'
import { type SchedulerRecord, schedulerRecords } from '../scheduler/records.ts'
import { type NetworkRecord, networkRecords } from './network/records.ts'
import { type OutsideRecord, outsideRecords } from './outside-records.ts'

/** What the records of a simulation's journal can be, by the file that lists them: their types, each with what it tells. */
export const recordTables: Readonly<Record<string, RecordTable>> = {
  'src/apiserver/records.ts': apiServerRecords,
  'src/controllers/records.ts': controllerRecords,
  'src/scheduler/records.ts': schedulerRecords,
  'src/node/records.ts': kubeletRecords,
  'src/node/runtime/records.ts': runtimeRecords,
  'src/cluster/network/records.ts': networkRecords,
  'src/cluster/outside-records.ts': outsideRecords,
}

/** A record of a simulation's journal; its `type` tells which. */
export type ClusterRecord =
  | ApiServerRecord
  | ControllerRecord
  | SchedulerRecord
  | KubeletRecord
  | RuntimeRecord
  | NetworkRecord
  | OutsideRecord

/** The journal of a simulation, for whoever reads it. */
export type ClusterJournal = JournalReader<ClusterRecord>

export type { RequestRecord } from '../apiserver/records.ts'

/** Whether a record tells of a request that changed nothing. */
export function isRequest(record: ClusterRecord): record is RequestRecord {
  return record.type.startsWith('request.')
}

/** Records of these types. */
export type RecordOf<Type extends ClusterRecord['type']> = Extract<ClusterRecord, { readonly type: Type }>

/** Whether a record tells of a volume of a Pod. */
export function isOfVolume(record: ClusterRecord): record is VolumeRecord {
  return record.type.startsWith('volume.')
}

/** What is told of a volume of a Pod on its node. */
export type VolumeRecord = RecordOf<'volume.set-up' | 'volume.set-up-failed' | 'volume.tear-down'>

/** The volume that a record is about, by its name in the Pod. */
export function volumeOf(record: ClusterRecord): string | undefined {
  if (record.type === 'subpath.bind' || record.type === 'object.visible') return record.detail.volume
  return isOfVolume(record) ? record.detail.volume : undefined
}

/** Whether a record tells of an object that was stored, replaced or taken out. */
export function isWrite(record: ClusterRecord): record is WriteRecord {
  return record.type === 'object.created' || record.type === 'object.updated' || record.type === 'object.deleted'
}

/** What is told of a write to the API server. */
export type WriteRecord = RecordOf<'object.created' | 'object.updated' | 'object.deleted'>
