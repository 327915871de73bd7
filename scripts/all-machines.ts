import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type AnyStateMachine, StateMachine } from 'xstate'

/** Every machine of `src/`, with the file that holds it. */
export async function allMachines(): Promise<readonly { readonly file: string; readonly machine: AnyStateMachine }[]> {
  const files = readdirSync('src', { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.machine.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const found = await Promise.all(files.map((file) => machinesIn(file)))
  return found.flat()
}

async function machinesIn(
  file: string,
): Promise<readonly { readonly file: string; readonly machine: AnyStateMachine }[]> {
  const exported: Readonly<Record<string, unknown>> = await import(resolve(file))
  return Object.values(exported)
    .filter(isMachine)
    .map((machine) => ({ file, machine }))
}

function isMachine(value: unknown): value is AnyStateMachine {
  return value instanceof StateMachine
}
