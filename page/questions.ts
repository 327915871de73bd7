import type { Entry } from '../src/report/export/album.ts'
import { element } from './dom.ts'

/** What was answered; a question may stand in the story and above the lanes, and is the same in both. */
export interface Questions {
  /** Its answers as buttons; only a choice shows which is right, and why, unless that is told elsewhere. */
  box(entry: Entry, isBrief?: boolean): HTMLElement
  /** Why the right answer is right; empty until all are given to whom it would tell theirs. */
  because(entry: Entry): string
  /** `choice`: the place of the answer; undefined: somebody goes on without one. What was chosen first counts. */
  settle(entry: Entry, choice: number | undefined): void
  isSettled(entry: Entry): boolean
  isAnswered(entry: Entry): boolean
}

/** `changed` is called after an answer. */
export function createQuestions(changed: () => void): Questions {
  const answers = new Map<Entry, number | undefined>()
  const boxes = new Map<Entry, HTMLElement[]>()
  /** The same question in worlds that are compared: why it is so is told after the last answer, for it tells the others'. */
  const alike = ({ text }: Entry) => [...boxes.keys()].filter((other) => other.text === text)
  const becauseOf = (entry: Entry) => (alike(entry).every((each) => answers.has(each)) ? (entry.because ?? '') : '')
  const draw = (entry: Entry, box: HTMLElement): void => {
    const { choices = [] } = entry
    const choice = answers.get(entry)
    const told = element('p', { class: 'told', role: 'status' })
    if (choice !== undefined) {
      const right = choices.find(({ holds }) => holds)?.text ?? ''
      const verdict = choices[choice]?.holds === true ? '✓ Right.' : `✗ It is: ${right}.`
      told.textContent = `${verdict} ${box.dataset.brief === undefined ? becauseOf(entry) : ''}`.trim()
    }
    box.classList.toggle('answered', choice !== undefined)
    box.replaceChildren(
      ...choices.map(({ text, holds }, i) => {
        const answer = element('button', { type: 'button', class: i === choice ? 'answer chosen' : 'answer' }, text)
        if (holds) answer.dataset.right = ''
        answer.addEventListener('click', () => settle(entry, i))
        return answer
      }),
      told,
    )
  }
  const settle = (entry: Entry, choice: number | undefined): void => {
    if (answers.get(entry) !== undefined) return
    answers.set(entry, choice)
    for (const each of alike(entry)) for (const box of boxes.get(each) ?? []) draw(each, box)
    changed()
  }
  return {
    box(entry, isBrief = false) {
      const box = element('div', { class: 'ask', role: 'group', 'aria-label': 'answers' })
      if (isBrief) box.dataset.brief = ''
      const made = boxes.get(entry)
      if (made === undefined) boxes.set(entry, [box])
      else made.push(box)
      draw(entry, box)
      return box
    },
    because: becauseOf,
    settle,
    isSettled: (entry) => answers.has(entry),
    isAnswered: (entry) => answers.get(entry) !== undefined,
  }
}
