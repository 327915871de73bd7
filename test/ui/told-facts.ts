import { expect } from 'vitest'
import { openScenario } from '../../src/cli/open-world.ts'
import type { Output } from '../../src/cli/output.ts'
import { readScenarioFile } from '../../src/cli/scenario-files.ts'
import type { DelayRow } from '../../src/flow/flow.ts'
import { whereIs } from '../../src/flow/where-is.ts'
import { seconds } from '../../src/report/export/words.ts'
import { comparedWorlds, type PlayState, worldOf } from '../../src/ui/model/play-state.ts'
import type { World } from '../../src/ui/world/world.ts'

/**
 * One list of what happened in a lesson, taken from its run, and every form in which it is told: the screen at 80x24 as a learner goes through it, plain
 * text, the page as a browser shows it, the recording as a terminal shows it. None may leave one out or tell it otherwise.
 */

/** Something that is to be told, as a pattern for one of the forms. */
type Fact = (form: Form) => RegExp

/** How one form writes what all of them tell. */
export interface Form {
  readonly clock: (ms: number) => string
  /** A place, and the letter of what is there. */
  readonly place: (title: string, letter: string) => string
}

/** Lessons with all that there is to be told, as they are called in the course's folder. */
export const toldLessons: readonly string[] = [
  '05-updates/3-never',
  '05-updates/5-three-ways',
  '10-who-may-read/3-who-may-make-pods',
]

/** Without what is drawn around it, and where its lines are broken. */
export const plainly = (text: string): string => text.replace(/[\s│|┌┐└┘├┤┬┴┼─▸▶]+/g, ' ').trim()
const literally = (text: string) => plainly(text).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const says =
  (text: string): Fact =>
  () =>
    new RegExp(literally(text))

/** Everything that is to be told of a lesson, by what it is. */
function factsOf(state: PlayState): ReadonlyMap<string, Fact> {
  const worlds = comparedWorlds(state).length > 0 ? comparedWorlds(state) : [worldOf(state)]
  const { recording, recipe } = worlds[0] ?? worldOf(state)
  const { source } = recipe.scenario
  const facts = new Map<string, Fact>()
  for (const [name, text] of Object.entries({ about: source.description, ...source.lesson }))
    if (name !== 'follow' && text !== undefined) facts.set(name, says(text))
  for (const { kind, time, text, did } of recording.moments) {
    const [first = '', ...others] = text.split('\n')
    if (kind === 'story')
      facts.set(`${time} ${text}`, (form) => new RegExp(`${form.clock(time)}\\S* .{0,40}?${literally(text)}`))
    else if (kind === 'output') for (const each of [first, ...others]) facts.set(`printed ${each}`, says(each))
    else if (kind === 'command') {
      const user =
        did !== undefined && 'as' in did.action && did.action.as !== undefined ? `(as ${did.action.as}) ` : ''
      facts.set(`command ${user}${first}`, says(`$ ${user}${first}`))
    } else facts.set(`${kind} ${text}`, says(text))
  }
  for (const { question, choices, because } of recording.questions) {
    facts.set(`asked ${question}`, says(question))
    for (const { text } of choices) facts.set(`choice ${text}`, says(text))
    facts.set(`because ${because}`, says(because ?? ''))
  }
  for (const world of worlds) addPlaces(world, facts)
  return facts
}

/** What became of each change in each place, and what is where at the end. */
function addPlaces({ name, recording }: World, facts: Map<string, Fact>): void {
  const [secret] = recording.flows.secrets
  if (secret === undefined) throw new Error('the lesson has a Secret')
  const flow = recording.flows.of({ namespace: secret.namespace, secret: secret.name })
  for (const row of flow.delays)
    facts.set(
      `${name}: ${row.letter} in ${row.pod} ${row.where}`,
      () => new RegExp(`${literally(row.pod)} .{0,10}?${literally(row.where)}.{0,120}?${took(row)}`),
    )
  const newest = flow.revisions.at(-1)?.letter ?? ''
  for (const { lane, letter } of whereIs(flow, newest, recording.result.endedAt))
    if (letter !== undefined)
      facts.set(`${name}: ${lane.title} has ${letter}`, (form) => new RegExp(form.place(literally(lane.title), letter)))
}

function took({ never, visibleAt, updatedAt }: DelayRow): string {
  return never === undefined ? literally(seconds((visibleAt ?? 0) - updatedAt)) : `never: ${literally(never.reason)}`
}

/** A lesson that was run, and what is to be told of it. */
export interface ToldLesson {
  readonly state: PlayState
  readonly facts: ReadonlyMap<string, Fact>
  /** The facts that a text of some form leaves out. */
  missing(text: string, form: Form): readonly string[]
}

const silent: Output = { isColoured: false, out: () => {}, err: () => {}, progress: () => {} }

/** Runs one of the lessons. */
export async function toldLesson(file: string): Promise<ToldLesson> {
  const { loaded } = readScenarioFile(file)
  if (!loaded.ok) throw new Error(loaded.errors[0].message)
  const [scenario] = loaded.value
  const opened = await openScenario(scenario, undefined, silent)
  if (opened.state === undefined) throw new Error(opened.result.reason)
  const { state } = opened
  const { redaction } = worldOf(state).recording
  // What a cluster's command prints is masked only where a file is handed on; a letter stands behind what is masked on a screen.
  const masked = (text: string) => redaction.text(text).replace(/(<\d+ bytes?, [0-9a-f]+>) \([A-Z]\)/g, '$1')
  const facts = factsOf(state)
  const missing = (text: string, form: Form) => {
    const told = masked(plainly(text))
    return [...facts].flatMap(([fact, of]) => {
      const { source } = of(form)
      return new RegExp(masked(source)).test(told) ? [] : [fact]
    })
  }
  return { state, facts, missing }
}

/** What a command writes that ends well. */
export async function written(work: (output: Output) => Promise<number>): Promise<string> {
  let out = ''
  const output: Output = {
    ...{ isColoured: false, progress: () => {}, err: () => {} },
    out: (text) => {
      out += String(text)
    },
  }
  expect(await work(output)).toBe(0)
  return out
}
