import type { Invariant } from './invariant.ts'

export const forwardTime: Invariant = {
  id: 'E-02',
  sentence: 'virtual time never decreases',
  clauses: ['L5'],
  watch(_world, violated) {
    let last = Number.NEGATIVE_INFINITY
    return {
      told({ time, type }) {
        if (time < last) violated(`${type} at ${time} after ${last}`)
        last = time
      },
    }
  },
}

export const earlierCauses: Invariant = {
  id: 'E-09',
  sentence: 'every record has a cause that is earlier than itself, or none',
  clauses: ['L5'],
  watch: (world, violated) => ({
    told({ seq, cause, type, time }) {
      if (cause >= seq) violated(`${type} ${seq} is caused by ${cause}`)
      const before = cause === 0 ? undefined : world.journal.record(cause)
      if (before !== undefined && before.time > time) violated(`${type} ${seq} is caused by what came after it`)
    },
  }),
}
