import type { KubeObject } from '../../api/types/meta.ts'
import type { MappedSecret } from '../../check/mapped-secret.ts'
import { isOnMap, shownSecretMap } from '../../check/secret-map.ts'
import { userText } from '../../report/check/map-words.ts'
import type { Look } from '../model/look.ts'
import type { PlayState } from '../model/play-state.ts'
import { type Line, line, type PaneContent, scrolledTo, textLines } from './lines.ts'

/** Which Secrets there are at this moment or are asked for, and who uses them how. */
export function mapView(state: PlayState, look: Look, columns: number, rows: number): PaneContent {
  const lines = mapOf(look).flatMap((each) => secretLines(each, columns))
  const shown = lines.length === 0 ? [line(' no Secret, and nobody asks for one', 'dim')] : lines
  return scrolledTo('map of Secrets', shown, { scroll: state.scroll.map, rows })
}

const maps = new WeakMap<Look['recording'], { readonly seq: number; readonly map: readonly MappedSecret[] }>()

/** Made once for a moment: it looks at every object. */
function mapOf({ recording, seq, objects }: Look): readonly MappedSecret[] {
  const known = maps.get(recording)
  if (known?.seq === seq) return known.map
  const users: KubeObject[] = []
  for (const { key, value } of objects.values()) if (isOnMap(key)) users.push(value as KubeObject) // the history's values are API objects
  const map = shownSecretMap(users)
  maps.set(recording, { seq, map })
  return map
}

function secretLines({ secret, isGiven, keys, users }: MappedSecret, columns: number): readonly Line[] {
  const head: Line = [
    { text: ` ${secret}  `, look: 'bold' },
    isGiven ? { text: keys.join(', '), look: 'dim' } : { text: '! it is not there', look: 'warning' },
  ]
  return [
    head,
    ...(users.length === 0 ? [line('   nobody uses it', 'dim')] : []),
    ...users.flatMap((user) => textLines(userText(user), columns - 5).map((part): Line => [{ text: '   ' }, ...part])),
  ]
}
