import { fields } from '../../report/glossary/fields.ts'
import { podEvents } from '../../report/glossary/pod-events.ts'
import type { TermFacts } from '../../report/glossary/term.ts'
import { words } from '../../report/glossary/words.ts'
import type { Output } from './play-state.ts'

/** What is on the screen though it is no word of podsim's own: an event, two fields. */
const onScreen: Readonly<Record<string, TermFacts | undefined>> = {
  subPath: fields.subPath,
  immutable: fields.immutable,
  FailedMount: podEvents.FailedMount,
}

/** All of it, as a text to read; `podsim explain` has more of each, and many more. */
export const glossaryText: Output = {
  ...{ title: 'glossary', isMasked: false },
  text: [...Object.entries(words), ...Object.entries(onScreen)]
    .flatMap(([word, facts]) => (facts === undefined ? [] : [`${word}: ${facts.means}${clausesOf(facts)}`]))
    .join('\n\n'),
}

function clausesOf({ clauses = [] }: TermFacts): string {
  return clauses.length === 0 ? '' : ` (${clauses.join(', ')})`
}
