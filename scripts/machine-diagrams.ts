import type { AnyStateMachine } from 'xstate'
import { type CompiledState, compileMachine } from '../src/kernel/compiled-machine.ts'

/** What each machine is about, by its id. */
const about: Readonly<Record<string, string>> = {
  container:
    'One container of a Pod, by name, over all its attempts. Waiting states bear the reason that `kubectl get pods` shows.',
  imagePull: 'One image of one Pod, in the image manager.',
  kubelet: "A node's kubelet, from its start to its end.",
  podWorker: 'The worker of one Pod. Up to v1.21 termination and clean-up are part of ordinary syncs.',
  reflector: 'One list-and-watch of a client: of a watched Secret, of the Pods of a node, of an informer.',
  volume: 'One volume of one Pod on its node, in the volume manager.',
}

/** docs/machines.md: the machines of the tree as Mermaid diagrams, made from the tables that drive the code. */
export function machineDiagrams(machines: readonly AnyStateMachine[]): string {
  const sorted = [...machines].sort((a, b) => (a.id < b.id ? -1 : 1))
  return [
    '# State machines',
    '',
    'Made by `npm run generate machines` from the `*.machine.ts` of `src/`; a test holds it. Each runs as a compiled table whose',
    'instance holds the state (docs/decisions/0002-compiled-machines.md); an event that a state does not know ends the run as a bug.',
    "`sim.inspect` (of a Pod or Node) and `sim.states()` tell where those of nodes stand, the player's inspector draws it.",
    ...sorted.flatMap((machine) => ['', `## ${machine.id}`, '', about[machine.id] ?? '', '', ...diagram(machine)]),
    '',
  ].join('\n')
}

function diagram(machine: AnyStateMachine): readonly string[] {
  const { initial, states } = compileMachine(machine)
  const all = [...states.values()]
  const common = commonEvents(all)
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...(common.size === 0 ? [] : ['  state "any of them" as any']),
    `  [*] --> ${initial.name}`,
    ...[...common].map(([event, target]) => `  any --> ${target}: ${event}`),
    ...all.flatMap((state) => arrows(state, common)),
    ...all.filter(({ isFinal }) => isFinal).map(({ name }) => `  ${name} --> [*]`),
    '```',
  ]
}

/** Events that lead from every state to the same one. */
function commonEvents(states: readonly CompiledState[]): ReadonlyMap<string, string> {
  const common = new Map<string, string>()
  for (const [event, { target }] of states[0]?.transitions.all ?? [])
    if (states.every(({ transitions }) => transitions.get(event)?.target === target)) common.set(event, target.name)
  return common
}

/** One arrow for each pair of states, with all events that lead there. What leaves the state as it is, is not drawn. */
function arrows({ name, transitions }: CompiledState, common: ReadonlyMap<string, string>): readonly string[] {
  const events = new Map<string, string[]>()
  for (const [event, { target }] of transitions.all) {
    if (target.name === name || common.has(event)) continue
    events.set(target.name, [...(events.get(target.name) ?? []), event])
  }
  return [...events].map(([target, names]) => `  ${name} --> ${target}: ${names.join(', ')}`)
}
