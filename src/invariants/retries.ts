import { isOfVolume } from '../cluster/records.ts'
import type { Invariant } from './invariant.ts'

/** Pause after the n-th failure in a row. Source: pkg/util/goroutinemap/exponentialbackoff. */
function pauseMs(failures: number): number {
  return Math.min(500 * 2 ** (failures - 1), 122_000)
}

export const patientRetries: Invariant = {
  id: 'S-28',
  sentence: 'retries of a mount that fails never come faster than its back-off allows',
  clauses: ['L2'],
  watch(_world, violated) {
    const failed = new Map<string, { readonly count: number; readonly at: number }>()
    return {
      told(record) {
        const { type, actor, object, time } = record
        if (type === 'kubelet.start') {
          for (const key of [...failed.keys()]) if (key.startsWith(`${actor} `)) failed.delete(key)
          return
        }
        if (!isOfVolume(record) || object === undefined) return
        const { volume } = record.detail
        const key = `${actor} ${object.uid} ${volume}`
        const before = failed.get(key)
        if (type === 'volume.tear-down') {
          failed.delete(key)
          return
        }
        if (before !== undefined && time < before.at + pauseMs(before.count))
          violated(`volume ${volume} was tried again ${time - before.at} ms after failure ${before.count}`, [object])
        if (type === 'volume.set-up') failed.delete(key)
        else failed.set(key, { count: (before?.count ?? 0) + 1, at: time })
      },
    }
  },
}
