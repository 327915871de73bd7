import { glossaryText } from '../model/glossary.ts'
import { bindingIn, type Command, courseHelp } from '../model/keys.ts'
import { edited, openPrompt, type Prompt, withText } from '../model/prompt.ts'
import { lessonsOf } from './course.ts'
import {
  type CourseOverlay,
  type CourseRow,
  type CourseState,
  chapterName,
  chapterNumber,
  chosenRow,
  courseRows,
  type OtherName,
} from './course-state.ts'

/** What a key of the course leads to. */
export interface CourseTurn {
  readonly state: CourseState
  /** A folder or file of manifests that is to be looked through. */
  readonly manifests?: string
}

/** What of the screen the keys have to know. */
export interface CourseStage {
  /** By how many lines what is read can be scrolled. */
  readonly reach: number
  /** Rows of the list. */
  readonly page: number
}

/** The state after a key; a key without a meaning changes nothing. */
export function coursePressed(state: CourseState, key: string, stage: CourseStage): CourseTurn {
  const { overlay } = state
  const binding = bindingIn(overlay?.kind ?? 'course', key)
  if (binding === undefined)
    return overlay?.kind === 'prompt' && [...key].length === 1 ? { state: typed(state, overlay, key) } : { state }
  if (overlay?.kind === 'prompt') return prompting(state, overlay, binding.command)
  if (overlay?.kind === 'help') return { state: reading(state, overlay, binding.command, stage) }
  return choosing({ ...state, notice: undefined }, binding.command, stage)
}

/** Text that was pasted: only a line that is being typed takes it. */
export function coursePasted(state: CourseState, text: string): CourseState {
  return state.overlay?.kind === 'prompt' ? typed(state, state.overlay, text) : state
}

function typed(state: CourseState, prompt: Prompt, text: string): CourseState {
  return { ...state, overlay: withText(prompt, text.replaceAll('\n', ' ')) }
}

function choosing(state: CourseState, command: Command, stage: CourseStage): CourseTurn {
  switch (command) {
    case 'up':
    case 'down':
      return { state: moved(state, command === 'up' ? -1 : 1) }
    case 'pageUp':
    case 'pageDown': {
      const by = command === 'pageUp' ? -1 : 1
      return { state: { ...state, scroll: Math.max(0, Math.min(stage.reach, state.scroll + by)) } }
    }
    case 'first':
    case 'last': {
      const rows = courseRows(state)
      return { state: at(state, rows[command === 'first' ? 0 : rows.length - 1]) }
    }
    case 'next':
    case 'back':
      return { state: folded(state, command === 'next') }
    case 'enter':
      return entered(state)
    case 'sandbox':
      return other(state, 'sandbox')
    case 'manifests':
      return other(state, 'manifests')
    case 'openFile':
      return other(state, 'file')
    case 'search':
      return { state: { ...state, overlay: openPrompt('search', state.search) } }
    case 'searchNext':
      return { state: found(state) }
    case 'glossary':
      return {
        state: {
          ...state,
          overlay: { kind: 'help', title: 'what the words mean', text: glossaryText.text, scroll: 0 },
        },
      }
    case 'help':
      return { state: { ...state, overlay: { kind: 'help', title: 'keys', text: courseHelp(), scroll: 0 } } }
    case 'quit':
      return { state: { ...state, isOver: true } }
    default:
      return { state }
  }
}

function at(state: CourseState, row: CourseRow | undefined): CourseState {
  return row === undefined ? state : { ...state, chosen: row.name, scroll: 0 }
}

function moved(state: CourseState, by: 1 | -1): CourseState {
  const rows = courseRows(state)
  const now = rows.findIndex(({ name }) => name === state.chosen)
  return at(state, rows[Math.max(0, Math.min(rows.length - 1, now + by))])
}

/** Opens the chosen chapter, or closes the one that one is in. */
function folded(state: CourseState, isOpening: boolean): CourseState {
  const row = chosenRow(state)
  if (row?.kind === 'chapter') return { ...state, open: isOpening ? row.chapter.number : undefined }
  if (row?.kind !== 'lesson' || isOpening) return state
  return { ...state, open: undefined, chosen: chapterName(chapterNumber(row.lesson)), scroll: 0 }
}

function entered(state: CourseState): CourseTurn {
  const row = chosenRow(state)
  if (row === undefined) return { state }
  switch (row.kind) {
    case 'lesson':
      return { state: { ...state, isOver: true, choice: { kind: 'lesson', lesson: row.lesson } } }
    case 'chapter':
      return { state: { ...state, open: state.open === row.chapter.number ? undefined : row.chapter.number } }
    case 'other':
      return other(state, row.name)
  }
}

function other(state: CourseState, name: OtherName): CourseTurn {
  switch (name) {
    case 'sandbox':
      return { state: { ...state, chosen: name, isOver: true, choice: { kind: 'sandbox' } } }
    case 'manifests':
    case 'file':
      return { state: { ...state, chosen: name, overlay: openPrompt(name) } }
  }
}

function prompting(state: CourseState, prompt: Prompt, command: Command): CourseTurn {
  if (command === 'close') return { state: { ...state, overlay: undefined } }
  if (command !== 'enter') return { state: { ...state, overlay: edited(prompt, command, { typed: [] }) } }
  const left: CourseState = { ...state, overlay: undefined }
  const text = prompt.text.trim()
  if (text === '') return { state: left }
  switch (prompt.prompt) {
    case 'search':
      return { state: found({ ...left, search: text }) }
    case 'file':
      return { state: { ...left, isOver: true, choice: { kind: 'file', path: text } } }
    case 'manifests':
      return { state: left, manifests: text }
    default:
      return { state: left }
  }
}

/** The next lesson that has the word, from the chosen one on and around. */
function found(state: CourseState): CourseState {
  const wanted = state.search.toLowerCase()
  if (wanted === '') return { ...state, notice: 'nothing is searched for: / asks for a word' }
  const all = lessonsOf(state.course)
  const now = all.findIndex(({ id }) => id === state.chosen)
  const has = ({ title, description, watch, covers, id }: (typeof all)[number]) =>
    `${title} ${description} ${watch} ${covers.join(' ')} ${id}`.toLowerCase().includes(wanted)
  const next = [...all.slice(now + 1), ...all.slice(0, now + 1)].find(has)
  if (next === undefined) return { ...state, notice: `no lesson says ${JSON.stringify(state.search)}` }
  return { ...state, chosen: next.id, open: chapterNumber(next), scroll: 0 }
}

function reading(
  state: CourseState,
  overlay: Extract<CourseOverlay, { kind: 'help' }>,
  command: Command,
  { reach, page }: CourseStage,
): CourseState {
  const by = ({ up: -1, down: 1, pageUp: -page, pageDown: page } as Partial<Record<Command, number>>)[command] // keys of Command
  if (by === undefined) return { ...state, overlay: undefined }
  return { ...state, overlay: { ...overlay, scroll: Math.max(0, Math.min(reach, overlay.scroll + by)) } }
}
