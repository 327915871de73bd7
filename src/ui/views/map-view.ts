import type { KubeObject } from '../../api/types/meta.ts'
import { clusterSecretMap, type MappedSecret, type SecretUser } from '../../check/secret-map.ts'
import type { Look } from '../model/look.ts'
import type { PlayState } from '../model/play-state.ts'
import { type Line, line, type PaneContent, scrolledTo, textLines } from './lines.ts'

/** Which Secrets there are at this moment or are asked for, and who uses them how. The system's own tokens are left out. */
export function mapView(state: PlayState, look: Look, columns: number, rows: number): PaneContent {
  const secrets = mapOf(look).filter(({ secret }) => !/-token-[a-z0-9]{5}$/.test(secret))
  const lines = secrets.flatMap((each) => secretLines(each, columns))
  const shown = lines.length === 0 ? [line(' no Secret, and nobody asks for one', 'dim')] : lines
  return scrolledTo('map of Secrets', shown, { scroll: state.scroll.map, rows })
}

const maps = new WeakMap<Look['recording'], { readonly seq: number; readonly map: readonly MappedSecret[] }>()

/** Made once for a moment: it looks at every object. */
function mapOf({ recording, seq, objects }: Look): readonly MappedSecret[] {
  const known = maps.get(recording)
  if (known?.seq === seq) return known.map
  const users: KubeObject[] = []
  for (const { key, value } of objects.values())
    if (key.namespace?.startsWith('kube-') !== true && key.kind !== 'Event') users.push(value as KubeObject) // the history's values are API objects
  const map = clusterSecretMap(users)
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

function userText({ user, nodes, container, way, where, keys, isOptional }: SecretUser): string {
  const of = container === undefined ? '' : `, container ${container}`
  const which = keys === undefined ? 'all keys' : keys.join(', ')
  const on = nodes.length === 0 ? '' : ` on ${[...new Set(nodes)].join(', ')}`
  return `${user}${on}${of}: ${way} ${where} (${which}${isOptional ? ', optional' : ''})`
}
