import { writeFileSync } from 'node:fs'
import { allMachines } from './all-machines.ts'
import { machineDiagrams } from './machine-diagrams.ts'

/** Writes docs/machines.md. */

const machines = await allMachines()
writeFileSync('docs/machines.md', machineDiagrams(machines.map(({ machine }) => machine)))
