import type { Secret } from '../../api/types/core.ts'
import type { Recording } from '../world/recording.ts'
import type { Look } from './look.ts'
import type { Followed, MenuItem, Overlay } from './play-state.ts'

/** Keys of Secrets that can be followed at a moment: those of people first. */
export function followMenu({ rows }: Look): Extract<Overlay, { kind: 'menu' }> {
  const items = rows.flatMap(({ key, object }): readonly MenuItem[] => {
    if (key.kind !== 'Secret') return []
    const { data = {} } = object as Secret // of this kind
    const namespace = key.namespace ?? 'default'
    return Object.keys(data).map((each) => ({
      ...{ label: `${namespace}/${key.name}  ${each}`, does: '' },
      choice: { kind: 'follow', followed: { namespace, secret: key.name, key: each } },
    }))
  })
  return { kind: 'menu', title: 'follow one key of a Secret', items: items.slice(0, most), chosen: 0 }
}

/** More would be no menu. */
const most = 200

/** The key whose way is shown where nobody chose one: of the selected Secret, else of the one that has most to show. */
export function followedOf(look: Look, chosen: Followed | undefined): Followed | undefined {
  if (chosen !== undefined) return chosen
  const { selected, rows, recording } = look
  if (selected?.key.kind === 'Secret')
    return ofSecret(recording, selected.key.namespace ?? 'default', selected.key.name)
  let best = bests.get(recording)
  if (best === undefined) {
    const [first] = recording.flows.secrets
    best = first === undefined ? undefined : ofSecret(recording, first.namespace, first.name)
    if (best !== undefined) bests.set(recording, best)
  }
  if (best !== undefined) return best
  const row = rows.find(({ key }) => key.kind === 'Secret')
  return row === undefined ? undefined : ofSecret(recording, row.key.namespace ?? 'default', row.key.name)
}

/** A Secret as a lesson names it, NAME or NAMESPACE/NAME, by the key that changes; undefined: nobody ever writes it. */
export function namedIn(recording: Recording, text: string): Followed | undefined {
  const [secret = '', namespace = 'default'] = text.split('/').reverse()
  return ofSecret(recording, namespace, secret)
}

const bests = new WeakMap<Recording, Followed>()

/** Of its keys the one that changes; else the first. */
function ofSecret({ flows }: Recording, namespace: string, secret: string): Followed | undefined {
  const [first, ...changes] = flows.of({ namespace, secret, pods: 0 }).revisions
  const key = changes[0]?.keys[0] ?? first?.keys[0]
  return key === undefined ? undefined : { namespace, secret, key }
}
