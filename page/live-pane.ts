import type { Album } from '../src/report/export/album.ts'
import type { LiveScenario } from '../src/ui/live/live-scenario.ts'
import type { LiveChoice, LiveSession, LiveShown } from '../src/ui/live/live-session.ts'
import { byId, element, fill } from './dom.ts'
import { loadCore } from './live-core.ts'

/** What the page does for the pane in which one tries things out. */
export interface LivePage {
  /** The instant that is shown. */
  readonly at: () => number
  /** Shows other runs, at an instant or where it is. */
  show(album: Album, at: number | undefined): void
}

/** The pane in which one runs commands and makes accidents at the moment of the cursor. */
export interface LivePane {
  /** Another moment is shown: accidents are those that can happen then. */
  moved(): void
  toCommand(): void
  toAccident(): void
}

/** Makes the pane work, if the page has podsim inside; undefined otherwise. */
export function livePane(written: Album, page: LivePage): LivePane | undefined {
  const packed = document.getElementById('core')?.textContent ?? ''
  if (packed === '') return undefined
  const line = byId<HTMLInputElement>('line')
  const accident = byId<HTMLSelectElement>('accident')
  const setting = byId<HTMLSelectElement>('setting')
  const world = byId<HTMLSelectElement>('world')
  const beside = byId<HTMLSelectElement>('beside')
  const secret = byId<HTMLSelectElement>('secret')
  let drawn = written
  let session: Promise<LiveSession> | undefined
  let open: LiveSession | undefined

  const moved = (): void => {
    if (open !== undefined) offer(accident, 'make an accident', open.accidents(page.at()))
  }

  const show = (shown: LiveShown): void => {
    if (!isSameRun(drawn, shown.album)) page.show(shown.album, shown.at)
    drawn = shown.album
    fill(byId('printed'), shown.printed)
    said(shown.notice, '')
    worldsInto(world, shown, shown.world)
    worldsInto(beside, shown, shown.beside, 'nothing')
    offer(setting, 'the same run with ...', shown.settings)
    fill(secret, ...shown.secrets.map((name) => element('option', {}, name)))
    secret.selectedIndex = shown.followed
    byId('branches').hidden = shown.worlds.length === 1 && shown.secrets.length === 1
    moved()
  }

  /** Loads podsim and runs the scenario once more in here: the session is ready once that is shown. */
  const begin = async (): Promise<LiveSession> => {
    said('podsim begins in this page', 'busy')
    const core = await loadCore(packed)
    const given = JSON.parse(byId('scenario').textContent ?? '') as LiveScenario // written by podsim into the page
    return await new Promise((ready, failed) => {
      const begun = core.open(given, {
        running: (what, at) => said(at === 0 ? `${what} runs` : `${what} runs: ${(at / 1000).toFixed(0)} s`, 'busy'),
        fails: (why) => {
          said(why, 'warning')
          failed(new Error(why))
        },
        shows: (shown) => {
          open = begun
          show(shown)
          ready(begun)
        },
      })
    })
  }

  const withSession = async (work: (on: LiveSession) => void): Promise<void> => {
    session ??= begin()
    try {
      work(await session)
    } catch (error) {
      said(error instanceof Error ? error.message : String(error), 'warning')
    }
  }

  const chosen = (list: HTMLSelectElement, work: (on: LiveSession, index: number) => void): void => {
    // The first entry of a list says what it is for.
    const index = list.selectedIndex - 1
    list.selectedIndex = 0
    if (index >= 0) void withSession((on) => work(on, index))
  }

  const choose = (): void => open?.choose(Number(world.value), beside.value === '' ? undefined : Number(beside.value))

  byId('try').hidden = false
  takeLines(line, byId('try-form'), (text) => {
    const at = page.at()
    void withSession((on) => on.type(text, at))
  })
  accident.addEventListener('focus', () => void withSession(moved))
  setting.addEventListener('focus', () => void withSession(moved))
  accident.addEventListener('change', () => chosen(accident, (on, i) => on.accident(i, page.at())))
  setting.addEventListener('change', () => chosen(setting, (on, i) => on.setting(i)))
  secret.addEventListener('change', () => open?.follow(secret.selectedIndex))
  world.addEventListener('change', choose)
  beside.addEventListener('change', choose)
  byId('stop').addEventListener('click', () => open?.stop())
  byId('save').addEventListener('click', () => void withSession((on) => save(on.saved(page.at()))))
  return { moved, toCommand: () => line.focus(), toAccident: () => accident.focus() }
}

/** Lines that are typed; up and down bring those that were typed before. */
function takeLines(line: HTMLInputElement, form: HTMLElement, take: (text: string) => void): void {
  const typed: string[] = []
  let past = 0
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const text = line.value.trim()
    if (text === '') return
    typed.push(text)
    past = typed.length
    line.value = ''
    take(text)
  })
  line.addEventListener('keydown', (event) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    if (event.key === 'Escape') line.blur()
    if (by === 0) return
    event.preventDefault()
    past = Math.max(0, Math.min(typed.length, past + by))
    line.value = typed[past] ?? ''
  })
}

/** The page shows already what the same run would show. */
function isSameRun(drawn: Album, run: Album): boolean {
  const digests = ({ worlds }: Album) => worlds.map(({ digest }) => digest).join()
  return digests(drawn) === digests(run) && drawn.about === run.about
}

function offer(list: HTMLSelectElement, title: string, choices: readonly LiveChoice[]): void {
  fill(
    list,
    element('option', { value: '' }, title),
    ...choices.map(({ label, does }) => element('option', {}, `${label}: ${does}`)),
  )
}

function worldsInto(list: HTMLSelectElement, { worlds }: LiveShown, chosen: number | undefined, none?: string): void {
  fill(
    list,
    ...(none === undefined ? [] : [element('option', { value: '' }, none)]),
    ...worlds.map(({ id, name, from }) =>
      element('option', { value: String(id) }, from === '' ? name : `${name} (${from})`),
    ),
  )
  list.value = chosen === undefined ? '' : String(chosen)
}

/** What goes on, or went wrong, in a line that screen readers hear. */
function said(text: string, state: '' | 'busy' | 'warning'): void {
  const line = byId('told')
  line.textContent = text
  line.className = state
  byId('stop').hidden = state !== 'busy'
}

/** Hands a file over, as browsers do: nothing leaves the machine. */
function save(text: string): void {
  const link = element('a', {
    href: URL.createObjectURL(new Blob([text], { type: 'text/yaml' })),
    download: 'scenario.yaml',
  })
  link.click()
  URL.revokeObjectURL(link.href)
}
