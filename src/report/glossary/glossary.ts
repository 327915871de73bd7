import { recordTables } from '../../cluster/records.ts'
import { invariants } from '../../invariants/all.ts'
import { orderedWatchesTold } from '../../invariants/watches.ts'
import { diagnosticCodes } from '../../scenario/diagnostic.ts'
import { closest } from '../../sim/input/closest.ts'
import { answers } from './answers.ts'
import { autoscalerEvents } from './autoscaler-events.ts'
import { clauseTerms } from './clauses.ts'
import { exitTerms } from './exit-terms.ts'
import { faultTerms } from './fault-terms.ts'
import { fields } from './fields.ts'
import { nodeEvents, podEvents } from './pod-events.ts'
import { resizeCauses, resizeConditionTerms, resizeEvents, resizeStates } from './resize-terms.ts'
import { conditions, phases, states } from './states.ts'
import { storageEvents } from './storage-events.ts'
import { type Term, termsOf } from './term.ts'
import { words } from './words.ts'
import { workloadEvents } from './workload-events.ts'

/** All that podsim can explain: what it says itself, and what a cluster says in it. */
export const glossary: readonly Term[] = [
  ...termsOf('word', words),
  ...termsOf('event', {
    ...podEvents,
    ...nodeEvents,
    ...workloadEvents,
    ...autoscalerEvents,
    ...storageEvents,
    ...resizeEvents,
  }),
  ...termsOf('state', { ...states, ...resizeStates }),
  ...termsOf('condition', { ...conditions, ...resizeConditionTerms }),
  ...termsOf('phase', phases),
  ...termsOf('answer', { ...answers, ...resizeCauses }),
  ...termsOf('field', fields),
  ...termsOf('clause', clauseTerms),
  ...termsOf('exit', exitTerms),
  ...termsOf('fault', faultTerms),
  ...invariantTerms(),
  ...recordTerms(),
  ...mistakeTerms(),
]

/** Invariants that look in two places stand in the list twice. */
function invariantTerms(): readonly Term[] {
  const byId = new Map([...invariants, orderedWatchesTold].map((each) => [each.id, each]))
  return [...byId.values()].map(({ id, sentence, clauses }) => ({
    name: id,
    kind: 'invariant',
    means: `${capital(sentence)}.`,
    when: 'Looked at after every event of a run. What breaks it is a mistake in podsim, never yours: please report it with the seed.',
    source: 'src/invariants/all.ts',
    clauses,
  }))
}

function recordTerms(): readonly Term[] {
  return Object.entries(recordTables).flatMap(([source, table]) =>
    Object.entries(table).map(
      ([name, { tells }]): Term => ({ name, kind: 'record', means: `${capital(tells).replace(/\.$/, '')}.`, source }),
    ),
  )
}

function mistakeTerms(): readonly Term[] {
  return Object.entries(diagnosticCodes).map(([name, means]) => ({
    name,
    kind: 'mistake',
    means,
    source: 'docs/errors.md',
  }))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The terms of a name, whatever its case; those that are written so first and alone. Also `secret.optional` for `optional`. */
export function termsNamed(name: string): readonly Term[] {
  const exact = glossary.filter((term) => term.name === name)
  if (exact.length > 0) return exact
  const folded = glossary.filter((term) => term.name.toLowerCase() === name.toLowerCase())
  if (folded.length > 0) return folded
  const last = name.slice(name.lastIndexOf('.') + 1)
  return last === name || last === '' ? [] : glossary.filter((term) => term.kind === 'field' && term.name === last)
}

/** What somebody who asked for a name that nothing has may have meant, the likeliest first, three at most. */
export function nearTerms(name: string): readonly string[] {
  const names = [...new Set(glossary.map((term) => term.name))]
  const near = closest(name, names)
  const folded = name.toLowerCase()
  const within = folded.length < 3 ? [] : names.filter((each) => each.toLowerCase().includes(folded))
  return [...new Set([...(near === undefined ? [] : [near]), ...within])].slice(0, 3)
}

/** Terms whose explanation has all of the words, for who does not know the name. */
export function termsAbout(text: string): readonly Term[] {
  const wanted = text.toLowerCase().split(/\s+/)
  return glossary.filter(({ name, means, when = '' }) => {
    const all = `${name} ${means} ${when}`.toLowerCase()
    return wanted.every((word) => all.includes(word))
  })
}
