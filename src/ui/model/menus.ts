import type { KubeObject } from '../../api/types/meta.ts'
import type { StepAction } from '../../scenario/model.ts'
import { actionText } from '../../scenario/telling.ts'
import { kubernetesVersions } from '../../versions/version.ts'
import type { Knobs } from '../world/knobs.ts'
import type { MenuItem, Overlay } from './play-state.ts'

type Menu = Extract<Overlay, { kind: 'menu' }>

/** Accidents that can happen to what there is now: those of every node, then those of the whole cluster. */
export function accidentMenu(objects: Iterable<KubeObject>): Menu {
  const nodes: string[] = []
  const pods: { readonly name: string; readonly namespace: string }[] = []
  for (const { kind, metadata } of objects) {
    if (kind === 'Node') nodes.push(metadata.name)
    if (kind === 'Pod' && metadata.namespace?.startsWith('kube-') !== true)
      pods.push({ name: metadata.name, namespace: metadata.namespace ?? 'default' })
  }
  // A large cluster would make a menu that nobody reads.
  const items = [
    ...pods.slice(0, most).map(({ name, namespace }) =>
      item('a Pod goes: what is left of its Secrets?', {
        ...{ kind: 'kubectl', as: undefined, editor: undefined },
        line: `delete pod ${name}${namespace === 'default' ? '' : ` -n ${namespace}`} --wait=false`,
      }),
    ),
    ...nodes.sort().slice(0, most).flatMap(nodeAccidents),
    ...clusterAccidents,
  ]
  return { kind: 'menu', title: 'accidents: what happens now', items, chosen: 0 }
}

const most = 6

const item = (does: string, action: StepAction): MenuItem => ({
  ...{ does, choice: { kind: 'doing', action } },
  label: actionText(action).replace(/^fault /, ''),
})

function nodeAccidents(node: string): readonly MenuItem[] {
  return [
    item('containers and mounts stay, nothing is synced', {
      kind: 'fault',
      fault: { kubelet: 'stop', node, for: '2m' },
    }),
    item('the process forgets what it had in memory', { kind: 'fault', fault: { kubelet: 'restart', node } }),
    item('the machine goes down; tmpfs is lost', { kind: 'fault', fault: { reboot: node } }),
    item('the node cannot reach the API server', { kind: 'fault', fault: { partition: node, for: '10m' } }),
    item('its wall clock runs ahead', { kind: 'fault', fault: { clock: '5m', node } }),
  ]
}

const clusterAccidents: readonly MenuItem[] = [
  item('open watches break and are begun anew', { kind: 'fault', fault: { watches: 'drop' } }),
  item('watches stay open but deliver nothing', { kind: 'fault', fault: { watches: 'stall', for: '2m' } }),
  item('nobody reaches the API server', { kind: 'fault', fault: { apiServer: 'unreachable', for: '2m' } }),
  item('every answer takes two seconds more', {
    kind: 'fault',
    fault: { apiServer: 'slow', latency: '2s', for: '5m' },
  }),
  item('no image can be pulled', { kind: 'fault', fault: { registry: 'unreachable', for: '5m' } }),
]

/** Settings that a fork may have otherwise. */
export function knobMenu(): Menu {
  const of = (does: string, knobs: readonly Knobs[]): readonly MenuItem[] =>
    knobs.map((each) => ({ does, choice: { kind: 'knobs', knobs: each }, label: labelOf(each) }))
  return {
    ...{ kind: 'menu', title: 'other settings: the same run from its beginning', chosen: 0 },
    items: [
      ...of('how kubelets learn of changed Secrets', [
        { strategy: 'Watch' },
        { strategy: 'Cache' },
        { strategy: 'Get' },
      ]),
      ...of('how long a cached Secret is good (strategy Cache)', [{ ttl: 0 }, { ttl: 60 }, { ttl: 120 }, { ttl: 300 }]),
      ...of('time between syncs of a Pod', [
        { syncFrequency: '10s' },
        { syncFrequency: '1m' },
        { syncFrequency: '5m' },
      ]),
      ...of(
        'version of Kubernetes',
        kubernetesVersions.map((version) => ({ version })),
      ),
    ],
  }
}

function labelOf({ strategy, ttl, syncFrequency, version }: Knobs): string {
  if (strategy !== undefined) return `strategy ${strategy}`
  if (ttl !== undefined) return `ttl ${ttl} s`
  return syncFrequency === undefined ? `Kubernetes ${version}` : `sync every ${syncFrequency}`
}
