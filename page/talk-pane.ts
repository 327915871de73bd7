import type { AlbumWorld, Entry } from '../src/report/export/album.ts'
import { comparePositions, type Position, toldAt } from '../src/report/export/stepping.ts'
import { byId, element, fill } from './dom.ts'
import { entryContent } from './panels.ts'
import type { Questions } from './questions.ts'

/** What is said at the moment, above the lanes: the sentence, what happened last, and what is asked. */
export interface TalkPane {
  /** `waiting`: questions without an answer, before which nobody goes on. */
  show(worlds: readonly AlbumWorld[], position: Position, waiting: readonly Entry[]): void
  /** Chooses an answer of what is asked; whether there is such an answer. */
  answer(choice: number): boolean
  /** Somebody wants to go on, and is asked. */
  remind(): void
}

/** An answer without its reason, which was told when it was given, and stands in the story. */
function brief(entry: Entry, story: readonly Entry[]): Entry {
  if (entry.kind !== 'answer') return entry
  const reasons = story.flatMap(({ because }) => (because === undefined ? [] : [`. ${because}`]))
  const reason = reasons.find((each) => entry.text.endsWith(each)) ?? ''
  return { ...entry, text: entry.text.slice(0, entry.text.length - reason.length) }
}

/** Lines of an instant that are shown above the lanes; the story has all. */
const mostLines = 4

/** A question of a world. */
interface Asked {
  readonly name: string
  readonly entry: Entry
}

export function talkPane(questions: Questions): TalkPane {
  const sentence = byId('sentence')
  const happened = byId('happened')
  const asked = byId('asked')
  let shown: readonly Asked[] = []
  let open: Entry | undefined
  /** Where it was asked. */
  let askedAt: Position | undefined
  const why = element('p', { class: 'why' })
  const ask = (group: readonly Asked[]): void => {
    if (group.length === shown.length && group.every(({ entry }, i) => entry === shown[i]?.entry)) return
    shown = group
    const [first] = group
    if (first === undefined) {
      fill(asked)
      return
    }
    const lead = first.entry.text.split('\n').map((line) => element('p', {}, line))
    const answers = group.map(({ name, entry }) =>
      element('div', { class: 'of' }, ...(name === '' ? [] : [element('b', {}, name)]), questions.box(entry, true)),
    )
    const skip = element('button', { type: 'button', class: 'skip' }, 'go on without an answer')
    skip.addEventListener('click', () => {
      for (const { entry } of group) questions.settle(entry, undefined)
    })
    fill(asked, ...lead, element('div', { class: 'worlds' }, ...answers), why, skip)
  }
  return {
    show(worlds, position, waiting) {
      const told = worlds.map(({ name, story }) => ({ name, story: story.slice(0, toldAt({ story }, position)) }))
      const said = told.map(({ story }) => story.findLast(({ kind }) => kind === 'say')?.text ?? '')
      fill(sentence, [...new Set(said)].filter((text) => text !== '').join(' '))
      const lines = told.flatMap(({ name, story }): HTMLElement[] => {
        const since = story.findLastIndex(({ kind, at }) => kind === 'say' || kind === 'ask' || at !== position.at)
        const whose = name === '' ? [] : [element('span', { class: 'dim' }, `${name}: `)]
        // Worlds side by side have room for a line each.
        return story
          .slice(since + 1)
          .slice(worlds.length > 1 ? -1 : -mostLines)
          .map((entry) =>
            element(
              'div',
              { class: `entry ${entry.kind} ${entry.tone}` },
              ...whose,
              ...entryContent(brief(entry, story), questions),
            ),
          )
      })
      fill(happened, ...lines)
      ;[open] = waiting
      // What was answered stays until somebody goes on.
      if (open !== undefined) askedAt = position
      const stays = askedAt !== undefined && comparePositions(askedAt, position) === 0
      const here = open ?? (stays ? shown.find(({ entry }) => questions.isAnswered(entry))?.entry : undefined)
      why.textContent = here === undefined ? '' : questions.because(here)
      ask(
        here !== undefined
          ? told.flatMap(({ name, story }) => {
              const entry = story.findLast(({ kind, text }) => kind === 'ask' && text === here.text)
              return entry === undefined ? [] : [{ name, entry }]
            })
          : [],
      )
      asked.classList.toggle('done', open === undefined)
      asked.classList.remove('reminded')
    },
    answer(choice) {
      if (open?.choices?.[choice] === undefined) return false
      questions.settle(open, choice)
      return true
    },
    remind() {
      // The focus stays where it is: a space that was to play must not answer.
      asked.classList.add('reminded')
    },
  }
}
