import type { AskedQuestion } from '../../scenario/asking.ts'
import type { ToldStep } from '../../scenario/telling.ts'
import type { Entry } from './album.ts'

/** A place in a story. */
type Place = Pick<Entry, 'at' | 'seq'>

/**
 * A question, with what leads to it, as two lines of a story. It is asked at its gate, the end of the step before its own, for the time that passes then
 * and what the step does would tell the answer; the answer stands where it is to be seen.
 */
export function askedEntries(
  { question, choices, because = '' }: Pick<AskedQuestion, 'question' | 'choices' | 'because'>,
  { say = '', action }: ToldStep,
  { gate, told }: { readonly gate: Place; readonly told: Place },
): { readonly ask: Entry; readonly answer: Entry } {
  const [command] = action?.split('\n') ?? []
  const lead = [say.trim(), command === undefined ? '' : `$ ${command}`, `? ${question}`].filter((part) => part !== '')
  const why = because.replace(/\s+/g, ' ').trim()
  const right = choices.find(({ holds }) => holds)?.text ?? ''
  return {
    ask: {
      ...{ ...gate, kind: 'ask', actor: '', text: lead.join('\n'), tone: 'normal', choices, answeredAt: told.at },
      ...(why === '' ? {} : { because: why }),
    },
    answer: {
      ...told,
      kind: 'answer',
      actor: '',
      text: `${question} ${right}${why === '' ? '' : `. ${why}`}`,
      tone: 'good',
    },
  }
}
