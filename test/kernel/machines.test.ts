import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createActor } from 'xstate'
import { allMachines } from '../../scripts/all-machines.ts'
import { machineDiagrams } from '../../scripts/machine-diagrams.ts'
import { compileMachine } from '../../src/kernel/compiled-machine.ts'
import { Instance } from '../../src/kernel/instance.ts'
import { tries } from '../tries.ts'

const machines = await allMachines()

const sources = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
/** Those that name a file of a machine: each source is read once, not once a machine. */
const naming = sources.map((path) => readFileSync(path, 'utf8')).filter((text) => text.includes(".machine.ts'"))

describe('a machine', () => {
  test('there is one in each file that says so', () => {
    expect(machines.map(({ file }) => file)).toEqual(sources.filter((path) => path.endsWith('.machine.ts')).sort())
    expect(machines.length).toBeGreaterThanOrEqual(6)
  })

  test.each(machines)('$machine.id: its table is what XState itself does, on every run', ({ machine }) => {
    const table = compileMachine(machine)
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...machine.events), { maxLength: 60 }), (events) => {
        const actor = createActor(machine).start()
        const instance = new Instance<string, string>(table)
        const [ofActor, ofInstance]: [unknown[], unknown[]] = [[], []]
        for (const type of events) {
          if (instance.isFinal) break
          // What the table does not know, XState ignores.
          if (instance.knows(type)) instance.send(type)
          actor.send({ type })
          const { value, status } = actor.getSnapshot()
          ofActor.push(value, status === 'done')
          ofInstance.push(instance.state, instance.isFinal)
        }
        expect(ofInstance).toEqual(ofActor)
      }),
      { numRuns: tries(100) },
    )
  })

  test.each(machines)('$machine.id: every state can be reached, every event is taken somewhere', ({ machine }) => {
    const { states } = compileMachine(machine)
    expect([...states.keys()].sort()).toEqual(Object.keys(machine.states).sort())
    const taken = new Set([...states.values()].flatMap(({ transitions }) => [...transitions.all.keys()]))
    expect([...taken].sort()).toEqual([...machine.events].sort())
  })

  test.each(machines)('$machine.id: the code that it drives imports it, and nobody else does', ({ file }) => {
    const name = file.split('/').pop() ?? ''
    const imports = new RegExp(`import \\{[^}]*Machine\\b[^}]*\\} from '[^']*${name}'`)
    const importers = naming.filter((text) => imports.test(text))
    expect(importers).toHaveLength(1)
    expect(importers[0]).toMatch(/extends Instance</)
  })
})

test('docs/machines.md shows the machines as they are', () => {
  expect(readFileSync('docs/machines.md', 'utf8')).toBe(machineDiagrams(machines.map(({ machine }) => machine)))
})
