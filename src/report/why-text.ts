import { safeJson, safeLine } from '../bytes/terminal-text.ts'
import type { ClusterJournal, ClusterRecord } from '../cluster/records.ts'
import { type JournalObject, objectName } from '../kernel/journal.ts'
import type { Redaction } from '../looks/redaction.ts'
import { relevantCauses } from '../looks/relevant-causes.ts'
import type { Explanation } from '../looks/why.ts'
import { formatInstant } from '../sim/duration.ts'
import { termsNamed } from './glossary/glossary.ts'
import { createTeller } from './story.ts'
import { joined, lines, type Paint, plain, type TerminalText } from './text.ts'

/** `why` for people and for programs. Values of Secrets are masked here. */

/** A record of a causal chain in words. */
export interface ChainLink {
  readonly seq: number
  readonly time: number
  readonly actor: string
  readonly type: string
  readonly object?: JournalObject
  readonly text: string
  /** Whether the story tells it: the rest is for a close look. */
  readonly isStory: boolean
}

/** What was asked of which run. */
export interface AskedWhy {
  readonly file: string
  readonly seed: string
  /** Virtual time of the answer. */
  readonly at: number
  readonly object: string
}

/** A causal chain in words, from the first cause on: as the story tells each record, or by its type where that says nothing. */
export function toldChain(
  journal: ClusterJournal,
  chain: readonly ClusterRecord[],
  redaction: Redaction,
): readonly ChainLink[] {
  const wanted = new Set(relevantCauses(journal, chain).map(({ seq }) => seq))
  const last = Math.max(0, ...wanted)
  // What the story says of a record may depend on all before it.
  const tell = createTeller()
  const links: ChainLink[] = []
  for (const record of journal.records) {
    if (record.seq > last) break
    const line = tell(record)
    if (!wanted.has(record.seq)) continue
    const { seq, time, type, object } = record
    const said = line?.text ?? `${type}${object === undefined ? '' : ` ${objectName(object)}`}`
    const text = redaction.text(said)
    const isStory = line !== undefined && line.tone !== 'chatter'
    links.push({
      ...{ seq, time, actor: line?.actor ?? record.actor, type },
      ...(object === undefined ? {} : { object }),
      ...{ text, isStory },
    })
  }
  return links
}

/** The answer for people: what is the matter, more of it, what led there, and which of its words can be explained. */
export function whyText(
  asked: AskedWhy,
  explanation: Explanation,
  chain: readonly ChainLink[],
  redaction: Redaction,
  paint: Paint,
): TerminalText {
  const { summary, details, assumed } = explanation
  const said = [summary, ...details].map((text) => redaction.text(text))
  const [head = '', ...more] = said.map(safeLine)
  const led = toldTo(chain).map(({ time, actor, text }, i) =>
    safeLine(`${formatInstant(Math.max(0, time))}  ${i === 0 ? '' : 'so '}${actor}: ${text}`),
  )
  const terms = explainable([...said, ...chain.map(({ text }) => text)])
  return joined([
    plain`${paint('bold', head)}\n`,
    lines(more.map((line) => plain`  ${line}`)),
    lines(assumed.map((line) => plain`  ${paint('dim', safeLine(`taken for granted: ${line}`))}`)),
    plain`  ${paint('dim', safeLine(`at ${formatInstant(asked.at)} of ${asked.file}, seed ${asked.seed}`))}\n`,
    led.length === 0 ? plain`` : plain`\nwhat led there\n${lines(led.map((line) => plain`  ${line}`))}`,
    terms.length === 0 ? plain`` : plain`\n${paint('dim', `podsim explain ${terms.join(', ')}`)}\n`,
  ])
}

/** Links that a reader wants to be told: the story's, and the last, which is what was asked about. */
function toldTo(chain: readonly ChainLink[]): readonly ChainLink[] {
  return chain.filter(({ isStory }, i) => isStory || i === chain.length - 1)
}

/** The answer for programs. */
export function whyJson(
  asked: AskedWhy,
  explanation: Explanation,
  chain: readonly ChainLink[],
  redaction: Redaction,
): TerminalText {
  const { summary, details, assumed } = explanation
  const answer = {
    format: 1,
    ...asked,
    summary: redaction.text(summary),
    details: details.map((text) => redaction.text(text)),
    chain,
    assumed,
  }
  return plain`${safeJson(answer, 2)}\n`
}

/** Words of an answer that a reader may not know: reasons and states, no more than three. */
function explainable(texts: readonly string[]): readonly string[] {
  const words = texts.flatMap((text) => text.match(/\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b/g) ?? [])
  const known = words.filter((word) => termsNamed(word).some(({ name, kind }) => name === word && kind !== 'field'))
  return [...new Set(known)].slice(0, 3)
}
