import { indented, joined, lines, type Paint, plain, type TerminalText } from '../text.ts'
import { wrap } from '../words.ts'
import { glossary, termsNamed } from './glossary.ts'
import { type Term, type TermKind, termKinds } from './term.ts'

/** Explanations of terms, for people: `width` is that of the terminal. */

/** Below this lines are broken all the same. */
const leastWidth = 20
const lead = '  '
/** Before what a term is about: `  when     `. */
const labelWidth = 9

/** All meanings of a name, one after the other. */
export function explainText(terms: readonly Term[], width: number, paint: Paint): TerminalText {
  return joined(
    terms.map((term) => termText(term, width, paint)),
    '\n',
  )
}

function termText(term: Term, width: number, paint: Paint): TerminalText {
  const { name, kind, means, when, source, clauses = [], related = [] } = term
  const said = clauses.flatMap((id) => termsNamed(id).map((clause) => `${id}: ${clause.means}`))
  return joined([
    plain`${paint('bold', name)}  ${paint('dim', termKinds[kind])}\n`,
    plain`${indented(wrap(means, Math.max(leastWidth, width - lead.length)), lead)}\n`,
    labelled('when', when === undefined ? [] : [when], width, paint),
    labelled('clauses', said, width, paint),
    labelled('source', source === undefined ? [] : [source], width, paint),
    labelled('see also', related.length === 0 ? [] : [related.join(', ')], width, paint),
  ])
}

function labelled(label: string, texts: readonly string[], width: number, paint: Paint): TerminalText {
  const room = Math.max(leastWidth, width - lead.length - labelWidth)
  const all = texts.flatMap((text) => wrap(text, room).split('\n'))
  const told = all.map((line, i) => plain`${lead}${paint('dim', (i === 0 ? label : '').padEnd(labelWidth))}${line}`)
  return lines(told)
}

/** Every term, by what it is. */
export function glossaryList(width: number, paint: Paint): TerminalText {
  const kinds = Object.keys(termKinds) as readonly TermKind[] // the keys of that object and no others
  return joined(
    kinds.map((kind) => {
      const names = glossary.filter((term) => term.kind === kind).map(({ name }) => name)
      const list = wrap(
        names.map((name, i) => `${unbroken(name)}${i === names.length - 1 ? '' : ','}`).join(' '),
        Math.max(leastWidth, width - lead.length),
      )
      return plain`${paint('bold', termKinds[kind])}\n${indented(list.replaceAll(hardBlank, ' '), lead)}\n`
    }),
    '\n',
  )
}

/** A blank at which no line is broken. */
const hardBlank = '\u00a0'

function unbroken(name: string): string {
  return name.replaceAll(' ', hardBlank)
}
