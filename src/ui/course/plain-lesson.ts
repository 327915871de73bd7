import { type PlayState, type Question, worldOf } from '../model/play-state.ts'
import { questionsAt } from '../model/teaching.ts'
import { wrapped } from '../views/lines.ts'
import { momentLines } from '../views/story-view.ts'
import type { RecordedQuestion } from '../world/recording.ts'

/** A lesson without a screen: what is told and what is asked, one after the other, the same as on the screen. */
export type LessonPart =
  | { readonly kind: 'told'; readonly lines: readonly string[] }
  /** `question.text` is told after `lead`; the lines after it hold the answer. */
  | { readonly kind: 'asked'; readonly lead: readonly string[]; readonly question: Question }

/** As wide as texts are easily read. */
const columns = 100

/** A lesson from its beginning to its end. */
export function lessonParts(state: PlayState): readonly LessonPart[] {
  const { questions, moments } = worldOf(state).recording
  const parts: LessonPart[] = []
  let from = 0
  let said: string | undefined
  const tell = (to: number): void => {
    const lines = toldLines(state, from, to, said)
    if (lines.length > 0) parts.push({ kind: 'told', lines })
    from = to
    said = undefined
  }
  for (const [i, recorded] of questions.entries()) {
    tell(recorded.gate.moments)
    const asked = questionsAt(state, i)
    for (const [n, question] of asked.entries())
      parts.push({ kind: 'asked', lead: n === 0 ? leadLines(question) : [], question })
    said = saidOf(recorded)
    tell(recorded.told.moments)
  }
  tell(moments.length)
  return parts
}

function saidOf({ say }: RecordedQuestion): string | undefined {
  return say?.trim()
}

function leadLines({ lesson }: Question): readonly string[] {
  return (lesson?.lead ?? '').split('\n').flatMap((each) => wrapped(each, columns))
}

/** What was said with the question is not said again. */
function toldLines(state: PlayState, from: number, to: number, said: string | undefined): readonly string[] {
  const { recording } = worldOf(state)
  const { moments, redaction } = recording
  return moments
    .slice(from, to)
    .filter(({ kind, text }) => kind !== 'say' || said === undefined || redaction.prose(text).trim() !== said)
    .flatMap((moment) => momentLines(moment, recording, { columns, isHere: false, isRevealed: state.isRevealed }))
    .map((drawn) =>
      drawn
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
}

/** A question and its answers as lines. */
export function questionLines({ text, choices }: Question): readonly string[] {
  return [
    ...wrapped(`? ${text}`, columns),
    ...choices.flatMap((choice, i) => wrapped(`  ${i + 1}  ${choice}`, columns)),
  ]
}

/** What is said to an answer; undefined: none was given. */
export function answerLines({ choices, right, because }: Question, answer: number | undefined): readonly string[] {
  const is = `${right + 1}  ${choices[right] ?? ''}`
  const said = answer === undefined ? `The run says: ${is}.` : answer === right ? 'Right.' : `Not so. It is ${is}.`
  return wrapped(because === '' ? said : `${said} ${because}`, columns)
}
