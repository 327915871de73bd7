import { knobsText } from '../world/knobs.ts'
import type { RecordedQuestion } from '../world/recording.ts'
import type { World } from '../world/world.ts'
import { namedIn } from './following.ts'
import { movedTo } from './moving.ts'
import { comparedWorlds, type Output, type PlayState, type Question, worldOf } from './play-state.ts'

/**
 * Lessons. A question stands at a gate, the end of the step before its own: whoever goes on, by whatever key, is asked there first,
 * for the step and the time before it would tell the answer.
 */

/** The state after a move, or at the gate that it would have gone through. */
export function taught(before: PlayState, after: PlayState): PlayState {
  if (after.cursor === before.cursor || after.overlay !== undefined) return after
  const gate = gateBefore(after)
  if (gate !== undefined) return atGate(after, gate)
  // Who goes on from an answer at the end wants no second round yet.
  if (before.ending === 'seen' && isAtEnd(before) && (isAtEnd(after) || after.isPlaying)) return toldTheEnd(before)
  return isAtEnd(after) ? atTheEnd(before, withoutGreeting(before, after)) : withoutGreeting(before, after)
}

interface Gate {
  readonly recorded: RecordedQuestion
  readonly question: Question
}

/** The first question that is open and whose gate the cursor has gone through. */
function gateBefore(state: PlayState): Gate | undefined {
  const { at, clock } = state.cursor
  for (const [i, recorded] of worldOf(state).recording.questions.entries()) {
    if (at < recorded.gate.moments && clock <= recorded.gate.time) return undefined
    const question = openQuestion(state, i)
    if (question !== undefined) return { recorded, question }
  }
  return undefined
}

function atGate(state: PlayState, { recorded, question }: Gate): PlayState {
  const { gate } = recorded
  const moved = movedTo(state, gate.moments - 1)
  return {
    ...moved,
    cursor: { ...moved.cursor, clock: Math.max(moved.cursor.clock, gate.time) },
    isPlaying: false,
    scroll: { ...moved.scroll, output: 0 },
    overlay: { kind: 'question', question, answer: undefined },
  }
}

/** The question at a place in the list that is still open: of each world in turn, where worlds are compared. */
function openQuestion(state: PlayState, index: number): Question | undefined {
  return questionsAt(state, index).find(({ about }) => state.taught[about] === undefined)
}

/** Whether a lesson will ask something yet: until then no picture may tell how it goes on. */
export function hasOpenQuestions(state: PlayState): boolean {
  return worldOf(state).recording.questions.some((_, index) => openQuestion(state, index) !== undefined)
}

/** The question at a place in the list, of each world that is compared, or of the cursor's. */
export function questionsAt(state: PlayState, index: number): readonly Question[] {
  const worlds = askedWorlds(state)
  return worlds.flatMap((world, n) => {
    const recorded = world.recording.questions[index]
    return recorded === undefined ? [] : [questionOf(recorded, index, world, { n, of: worlds.length })]
  })
}

/** A question's world among those that are asked about. */
interface Place {
  readonly n: number
  readonly of: number
}

function questionOf(recorded: RecordedQuestion, index: number, world: World, { n, of }: Place): Question {
  const { question, choices, because = '', say, action, told } = recorded
  const name = of > 1 ? knobsText(world.recipe.knobs) : ''
  return {
    about: name === '' ? `question ${index}` : `question ${index} ${name}`,
    text: name === '' ? question : `With ${name}: ${question}`,
    choices: choices.map(({ text }) => text),
    right: choices.findIndex(({ holds }) => holds),
    // Why speaks of all worlds: it would give away what is still to be asked.
    because: n === of - 1 ? because.replace(/\s+/g, ' ').trim() : '',
    seenAt: told.time,
    lesson: {
      lead: [say?.trim() ?? '', ...commandLines(action)].filter((line) => line !== '').join('\n'),
      told: told.moments,
      ...{ world: world.id, number: index * of + n + 1, of: world.recording.questions.length * of },
    },
  }
}

/** Of a long command the beginning: the story has all of it. */
const mostCommandLines = 3

function commandLines(action: string | undefined): readonly string[] {
  const [first, ...rest] = action?.split('\n') ?? []
  if (first === undefined) return []
  const shown = [`$ ${first}`, ...rest.map((line) => `  ${line}`)]
  return shown.length <= mostCommandLines ? shown : [...shown.slice(0, mostCommandLines - 1), '  ...']
}

/** Worlds that are asked about: those that are compared, else the one of the cursor. */
function askedWorlds(state: PlayState): readonly World[] {
  const shown = comparedWorlds(state)
  return shown.length > 1 ? shown : [worldOf(state)]
}

/** On from an answer: to the next world's question, or to where the answer is to be seen. */
export function afterAnswer(state: PlayState, { seenAt, lesson }: Question): PlayState {
  const left: PlayState = { ...state, overlay: undefined }
  const next = gateBefore({ ...left, cursor: { ...left.cursor, at: (lesson?.told ?? 0) - 1 } })
  if (next !== undefined) return { ...atGate(left, next), notice: undefined }
  const moved = withoutGreeting(state, movedTo(left, (lesson?.told ?? 0) - 1))
  const seen: PlayState = { ...moved, cursor: { ...moved.cursor, clock: Math.max(moved.cursor.clock, seenAt ?? 0) } }
  if (!isAtEnd(seen) || seen.ending !== 'ahead') return seen
  return { ...seen, ending: 'seen', notice: 'the lesson ends here: space says what to try next' }
}

/** How the player begins with a lesson: what it is about, and what to watch for. */
export function greeted(state: PlayState): PlayState {
  const { scenario } = worldOf(state).recipe
  const { lesson } = scenario.source
  if (lesson === undefined) return state
  const text = [
    (scenario.description ?? '').trim(),
    `Watch for: ${lesson.watch.trim()}`,
    'space plays, → steps, ] goes to the next moment. You are asked before the answer can be seen; predict, then see. x shows values that are masked.',
  ].join('\n\n')
  const followed = lesson.follow === undefined ? undefined : namedIn(worldOf(state).recording, lesson.follow)
  return { ...state, followed, output: { title: greetingTitle, text, isMasked: false }, focus: 'output' }
}

const greetingTitle = 'this lesson'

/** Who has begun has read it. */
function withoutGreeting(before: PlayState, after: PlayState): PlayState {
  const isLeft = before.output?.title === greetingTitle && after.output === before.output && after.cursor.at >= 0
  return isLeft ? { ...after, output: undefined, focus: after.focus === 'output' ? 'flow' : after.focus } : after
}

/** How many answers of a lesson were right. */
export function rightOf(answers: PlayState['taught']): number {
  return Object.values(answers).filter((each) => each === 'right').length
}

function isAtEnd(state: PlayState): boolean {
  return state.cursor.at >= worldOf(state).recording.moments.length - 1
}

/** At the end of a lesson, once: what was predicted, and what to try next. What the person has just asked for stays. */
function atTheEnd(before: PlayState, after: PlayState): PlayState {
  if (after.ending === 'told') return after
  const isAsked = after.output !== undefined && after.output !== before.output
  return isAsked ? { ...after, ending: 'seen' } : toldTheEnd(after)
}

function toldTheEnd(state: PlayState): PlayState {
  const { lesson } = worldOf(state).recipe.scenario.source
  const told: PlayState = { ...state, ending: 'told', notice: undefined }
  if (lesson === undefined) return told
  return { ...told, isPlaying: false, output: farewell(state, lesson.next), focus: 'output' }
}

function farewell({ taught: answers }: PlayState, next: string): Output {
  const all = Object.values(answers)
  const text = [
    `The lesson is over. You have predicted ${rightOf(answers)} of ${all.length}.`,
    `Try next: ${next.trim()}`,
    '← goes back as far as you like, 1 shows the lanes again, q ends the lesson.',
  ].join('\n\n')
  return { title: 'the end of this lesson', text, isMasked: false }
}
