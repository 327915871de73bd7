import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assign, initialTransition, setup, transition } from 'xstate'
import { compileMachine, machineTable, step } from '../../src/kernel/compiled-machine.ts'
import { Instance } from '../../src/kernel/instance.ts'

const doorMachine = setup({
  types: {} as {
    context: { opened: number }
    events: { type: 'open' } | { type: 'close' } | { type: 'lock' } | { type: 'break' }
  },
  actions: { ring: () => {}, creak: () => {}, leave: () => {} },
  delays: { patience: 500 },
}).createMachine({
  context: { opened: 0 },
  initial: 'closed',
  on: { break: '.broken' },
  states: {
    closed: {
      initial: 'unlocked',
      states: { unlocked: { on: { lock: 'locked' } }, locked: { on: { open: 'locked' } } },
      on: { open: { target: 'open', actions: ['ring', assign({ opened: ({ context }) => context.opened + 1 })] } },
      exit: 'leave',
    },
    open: { entry: 'creak', on: { close: 'closed' }, after: { patience: 'closed' } },
    broken: { type: 'final' },
  },
})

describe('compiled machines', () => {
  test('know states, actions, delays and ends', () => {
    const table = compileMachine(doorMachine)
    expect(table.initial.name).toBe('closed.unlocked')
    expect([...table.states.keys()].sort()).toEqual(['broken', 'closed.locked', 'closed.unlocked', 'open'])
    const opened = step(table.initial, 'open')
    expect(opened?.actions).toEqual(['leave', 'ring', 'creak'])
    expect(opened?.target.delays).toEqual([{ delay: 'patience', event: 'xstate.after.patience.(machine).open' }])
    expect(step(table.initial, 'close')).toBeUndefined()
    expect(table.states.get('broken')?.isFinal).toBe(true)
  })

  test('agree with the interpreter on every run', () => {
    const table = compileMachine(doorMachine)
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...doorMachine.events)), (events) => {
        let [snapshot] = initialTransition(doorMachine)
        let state = table.initial
        for (const type of events) {
          const [after, actions] = transition(doorMachine, snapshot, { type } as { type: 'open' })
          const taken = step(state, type)
          const names = actions.map((action) => action.type).filter((name) => !name.startsWith('xstate.'))
          expect(taken?.actions ?? []).toEqual(names)
          snapshot = after
          state = taken?.target ?? state
          expect(table.states.get(state.name)?.isFinal).toBe(snapshot.status === 'done')
        }
      }),
    )
  })

  test('ask for a step once, and not before somebody takes it', () => {
    let asked = 0
    const counting = {
      ...doorMachine,
      transition: (...given: Parameters<typeof doorMachine.transition>) => {
        asked++
        return doorMachine.transition(...given)
      },
    }
    const table = compileMachine(Object.setPrototypeOf(counting, doorMachine))
    expect(asked).toBe(0)
    const first = step(table.initial, 'lock')
    expect([first?.target.name, step(table.initial, 'lock') === first, asked]).toEqual(['closed.locked', true, 1])
  })

  test('refuse what a table cannot say', () => {
    const guarded = setup({ guards: { never: () => false } }).createMachine({
      initial: 'a',
      states: { a: { on: { go: { target: 'b', guard: 'never' } } }, b: {} },
    })
    expect(() => compileMachine(guarded)).toThrow('a compiled machine has no guards')
  })
})

const lampMachine = setup({
  types: {} as { events: { type: 'press' } | { type: 'dust' } | { type: 'burn' } },
}).createMachine({
  id: 'lamp',
  initial: 'off',
  states: {
    off: { on: { press: 'on', dust: 'off' } },
    on: { on: { press: 'off', burn: 'broken' } },
    broken: { type: 'final' },
  },
})

describe('an instance of a machine', () => {
  const table = machineTable(lampMachine)

  test('holds the state and tells each event that it takes, also one that changes nothing', () => {
    const lamp = new Instance(table)
    const told: string[] = []
    lamp.changes.subscribe(({ from, event, to }) => told.push(`${from} ${event} ${to} ${lamp.state}`))
    for (const event of ['dust', 'press', 'burn'] as const) lamp.send(event)
    expect(told).toEqual(['off dust off off', 'off press on on', 'on burn broken broken'])
    expect(lamp.isFinal).toBe(true)
  })

  test('takes no event that its state does not know', () => {
    const lamp = new Instance(table)
    expect(lamp.knows('burn')).toBe(false)
    expect(() => lamp.send('burn')).toThrow('a lamp that is off takes no burn')
    expect(lamp.state).toBe('off')
  })
})
