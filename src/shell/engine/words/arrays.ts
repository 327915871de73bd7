/** Arrays of bash: elements by subscript, whole lists, assignments. Source: bash(1), Arrays. */
import type { ByteText } from '../../byte-text.ts'
import type { Shell } from '../shell.ts'
import { ShellArray } from './shell-array.ts'

/** All elements of a name: of an array, or the one value of a variable; undefined when it is not set. */
export function elementsOf(shell: Shell, name: string): readonly (readonly [string, ByteText])[] | undefined {
  if (name === 'PIPESTATUS') return shell.pipeCodes.map((code, i) => [String(i), String(code)])
  const array = shell.arrays.get(name)
  if (array !== undefined) return array.entries()
  const value = shell.variables.get(name)
  return value === undefined ? undefined : [['0', value]]
}

/** The element under a key; undefined when it is not set. */
export function elementUnder(shell: Shell, name: string, key: string): ByteText | undefined {
  if (name === 'PIPESTATUS') return shell.pipeCodes[Number(key)]?.toString()
  const array = shell.arrays.get(name)
  return array === undefined && key === '0' ? shell.variables.get(name) : array?.get(key)
}

/** The key that a number means: counted from the end where it is negative; undefined before the first element. */
export function keyOfNumber(shell: Shell, name: string, number: number): string | undefined {
  if (number >= 0) return String(number)
  const end = shell.arrays.get(name)?.end ?? (shell.variables.has(name) ? 1 : 0)
  return end + number < 0 ? undefined : String(end + number)
}

/** Sets one element; the name becomes an array. False when it is read only. */
export function setElement(shell: Shell, name: string, key: string, value: ByteText): boolean {
  const value0 = shell.variables.get(name)
  const array = shell.arrays.get(name) ?? new ShellArray(false, value0 === undefined ? [] : [['0', value0]])
  if (shell.readOnly.has(name)) return false
  shell.budget.hold(value.length)
  shell.budget.spendBytes(value.length)
  shell.arrays.set(name, array)
  if (key === '0') return shell.set(name, value)
  array.set(key, value)
  return true
}

/** Makes a name an array of these values, whatever it was. False when it is read only. */
export function setArray(shell: Shell, name: string, values: readonly ByteText[]): boolean {
  if (!shell.unsetValue(name)) return false
  shell.arrays.set(name, new ShellArray(false))
  for (const [i, value] of values.entries()) setElement(shell, name, String(i), value)
  return true
}

/** Takes one element away; false when the array is read only. */
export function unsetElement(shell: Shell, name: string, key: string): boolean {
  if (shell.readOnly.has(name)) return false
  shell.arrays.get(name)?.delete(key)
  if (key === '0') shell.variables.delete(name)
  return true
}

/** An array as `declare -p` shows it, without its name: `([0]="a" [1]="b")`. */
export function shownArray(array: ShellArray): ByteText {
  const items = array.entries().map(([key, value]) => {
    const shown = array.isMap && !/^[\w./:=@%+,-]+$/.test(key) ? `"${escaped(key)}"` : key
    return `[${shown}]="${escaped(value)}"`
  })
  return `(${items.join(' ')}${array.isMap && items.length > 0 ? ' ' : ''})`
}

function escaped(text: ByteText): ByteText {
  return text.replace(/["\\$`]/g, '\\$&')
}
