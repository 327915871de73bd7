/** Assignments to arrays of bash and their elements. Source: bash(1), Arrays. */
import type { Steps } from '../../../kernel/steps.ts'
import type { ByteText } from '../../byte-text.ts'
import type { ArrayElement, Assignment } from '../grammar/syntax.ts'
import { elementUnder, setArray, setElement } from './arrays.ts'
import { expandText, expandWords } from './expand.ts'
import { type Expansion, ExpansionError, keyOf } from './expansion.ts'
import { ShellArray } from './shell-array.ts'

/** `name=(...)`, `name+=(...)`, `name[subscript]=value`. Gives it as `set -x` shows it. */
export function* assignElements(assignment: Assignment, at: Expansion): Steps<ByteText> {
  const { name, append, index, elements, value, source } = assignment
  const { shell } = at
  const refuse = (): never => {
    throw new ExpansionError(shell.dialect.readOnly(name), 1)
  }
  if (index !== undefined) {
    const subscript = yield* expandText(index, at)
    const text = yield* expandText(value, at)
    const key = keyOf(shell, name, subscript, `${name}[${subscript}]`)
    const before = append ? (elementUnder(shell, name, key) ?? '') : ''
    if (!setElement(shell, name, key, before + text)) refuse()
    return `${name}[${subscript}]${append ? '+' : ''}=${text}`
  }
  // What stands between the brackets may name what the array held before.
  const isMap = shell.arrays.get(name)?.isMap === true
  const given = yield* givenElements(elements ?? [], isMap, at)
  if (!append) {
    if (!shell.unsetValue(name)) refuse()
    shell.arrays.set(name, new ShellArray(isMap))
  }
  let next = append ? (shell.arrays.get(name)?.end ?? (shell.variables.has(name) ? 1 : 0)) : 0
  if (!shell.arrays.has(name)) setArray(shell, name, shell.variables.has(name) ? [shell.get(name)] : [])
  for (const { subscript, text, appends } of given) {
    const key = subscript === undefined ? String(next) : keyOf(shell, name, subscript)
    const before = appends ? (shell.arrays.get(name)?.get(key) ?? '') : ''
    if (!setElement(shell, name, key, before + text)) refuse()
    if (!isMap) next = Number(key) + 1
  }
  return `${name}${append ? '+' : ''}=${source}`
}

interface GivenElement {
  readonly subscript: ByteText | undefined
  readonly text: ByteText
  readonly appends: boolean
}

function* givenElements(elements: readonly ArrayElement[], isMap: boolean, at: Expansion): Steps<GivenElement[]> {
  const given: GivenElement[] = []
  let key: ByteText | undefined
  for (const { index, append, value } of elements) {
    if (index !== undefined) {
      const subscript = yield* expandText(index, at)
      given.push({ subscript, text: yield* expandText(value, at), appends: append })
      continue
    }
    for (const text of yield* expandWords([value], at)) {
      // Without subscripts, keys and values of an associative array take turns.
      if (!isMap) given.push({ subscript: undefined, text, appends: false })
      else if (key === undefined) key = text
      else {
        given.push({ subscript: key, text, appends: false })
        key = undefined
      }
    }
  }
  if (key !== undefined) given.push({ subscript: key, text: '', appends: false })
  return given
}
