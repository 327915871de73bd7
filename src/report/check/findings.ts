import type { Place } from '../../check/given.ts'
import type { CheckReport } from '../../check/report.ts'

/** One line of a report as tools for code review take it. */
export interface Finding {
  /** Stable name of the kind of finding: `check/secretMissing`. */
  readonly rule: string
  readonly level: 'error' | 'warning' | 'note'
  readonly place: Place
  readonly message: string
}

/** A report as findings at places: everything but what is taken for granted and what starts. */
export function findingsOf({ unreadable, refused, blocked, remarks }: CheckReport): readonly Finding[] {
  return [
    ...unreadable.map(({ place, message }) => ({ rule: 'check/unreadable', level: 'error' as const, place, message })),
    ...refused.map(({ place, object, reason, cure }) => ({
      rule: 'check/refused',
      level: 'error' as const,
      place,
      message: `${object} is refused: ${reason}${cure === undefined ? '' : `\ncure: ${cure}`}`,
    })),
    ...blocked.map(({ cause, place, summary, hints, waits }) => ({
      rule: `check/${cause}`,
      level: 'error' as const,
      place,
      message: [
        summary,
        ...hints,
        ...waits.map(({ workload, status }) => `waits: ${workload}${status === '' ? '' : ` (${status})`}`),
      ].join('\n'),
    })),
    ...remarks.map(({ kind, level, place, message }) => ({ rule: `check/${kind}`, level, place, message })),
  ]
}
