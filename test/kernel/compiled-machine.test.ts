import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assign, initialTransition, setup, transition } from 'xstate'
import { compileMachine, step } from '../../src/kernel/compiled-machine.ts'

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

  test('refuse what a table cannot say', () => {
    const guarded = setup({ guards: { never: () => false } }).createMachine({
      initial: 'a',
      states: { a: { on: { go: { target: 'b', guard: 'never' } } }, b: {} },
    })
    expect(() => compileMachine(guarded)).toThrow('a compiled machine has no guards')
  })
})
