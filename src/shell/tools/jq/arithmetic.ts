/** Operators of jq on two values. Source: jq src/builtin.c (1.6), f_plus and its neighbours. */
import { BudgetError } from '../../engine/budget.ts'
import type { BinaryOperator } from './syntax.ts'
import { compare, isObject, JqError, type Json, type JsonObject, named } from './values.ts'

/** What an operator makes of two values. */
export function calculate(operator: BinaryOperator, left: Json, right: Json): Json {
  switch (operator) {
    case '+':
      return add(left, right)
    case '-':
      return subtract(left, right)
    case '*':
      return multiply(left, right)
    case '/':
      return divide(left, right)
    case '%':
      return remainder(left, right)
    case '==':
      return equal(left, right)
    case '!=':
      return !equal(left, right)
    case '<':
      return compare(left, right) < 0
    case '<=':
      return compare(left, right) <= 0
    case '>':
      return compare(left, right) > 0
    case '>=':
      return compare(left, right) >= 0
  }
}

function equal(left: Json, right: Json): boolean {
  return compare(left, right) === 0
}

function refused(left: Json, right: Json, what: string): JqError {
  return new JqError(`${named(left)} and ${named(right)} cannot be ${what}`)
}

/** The sum: `null` changes nothing. */
function add(left: Json, right: Json): Json {
  if (left === null) return right
  if (right === null) return left
  if (typeof left === 'number' && typeof right === 'number') return left + right
  if (typeof left === 'string' && typeof right === 'string') return left + right
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right]
  if (isObject(left) && isObject(right)) return new Map([...left, ...right])
  throw refused(left, right, 'added')
}

function subtract(left: Json, right: Json): Json {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (Array.isArray(left) && Array.isArray(right))
    return left.filter((item) => !right.some((other) => equal(item, other)))
  throw refused(left, right, 'subtracted')
}

function multiply(left: Json, right: Json): Json {
  if (typeof left === 'number' && typeof right === 'number') return left * right
  if (typeof left === 'string' && typeof right === 'number') return repeated(left, right)
  if (isObject(left) && isObject(right)) return merged(left, right)
  throw refused(left, right, 'multiplied')
}

/** What a variable may hold, too: 16 MB. */
const longestText = 16 << 20

function repeated(text: string, count: number): Json {
  if (!(count > 0)) return null
  const times = Math.max(1, Math.ceil(count - 0.5))
  if (text.length * times > longestText) throw new BudgetError('memory')
  return text.repeat(times)
}

function merged(left: JsonObject, right: JsonObject): JsonObject {
  const all = new Map(left)
  for (const [key, value] of right) {
    const old = left.get(key)
    all.set(key, old !== undefined && isObject(old) && isObject(value) ? merged(old, value) : value)
  }
  return all
}

function divide(left: Json, right: Json): Json {
  if (typeof left === 'number' && typeof right === 'number') {
    if (right === 0) throw refused(left, right, 'divided because the divisor is zero')
    return left / right
  }
  if (typeof left === 'string' && typeof right === 'string') return split(left, right)
  throw refused(left, right, 'divided')
}

/** The pieces of a text between separators; of an empty one its characters. */
export function split(text: string, separator: string): readonly string[] {
  if (text === '') return []
  return separator === '' ? [...text] : text.split(separator)
}

function remainder(left: Json, right: Json): Json {
  if (typeof left !== 'number' || typeof right !== 'number') throw refused(left, right, 'divided (remainder)')
  const divisor = Math.abs(Math.trunc(right))
  if (divisor === 0) throw refused(left, right, 'divided (remainder) because the divisor is zero')
  const rest = Math.trunc(left) % divisor
  return rest === 0 ? 0 : rest
}
