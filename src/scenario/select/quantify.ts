import * as z from 'zod'
import { comparison } from '../../sim/input/formats.ts'
import { fitsComparison } from '../expect/compare.ts'
import type { Finding } from '../expect/finding.ts'
import type { Chosen } from './select-pods.ts'

/** Each, any, none, so many: what is said of the members of a selection. */

/** Keys of an expectation that may look at several things; `claims` is what can be said of one. */
export function quantifiers<C extends z.core.$ZodShape>(claims: C) {
  const some = (description: string) => z.strictObject(claims).optional().meta({ description })
  return {
    each: some('What must be true of each one that is selected; of one at least'),
    any: some('What must be true of one of them'),
    none: some('What must be true of none of them'),
    count: comparison.optional().meta({
      description: 'Of how many of them the claims beside it must be true; without claims how many there are',
    }),
  }
}

/** What is looked at: in words, and as it is. */
export interface Judge<T, C> {
  /** `file /etc/db/password in NAME says "new"`: what is claimed of `name`. */
  readonly expected: (claims: C, name: string) => string
  readonly judge: (item: T, claims: C) => { readonly holds: boolean; readonly found: string }
}

interface Quantified<C> {
  readonly each?: C | undefined
  readonly any?: C | undefined
  readonly none?: C | undefined
  readonly count?: number | string | undefined
}

type Part = { readonly holds: boolean; readonly expected: string; readonly found: string }

/** All that is said of what was chosen. `flat`: the claims that stand beside the selection, undefined if there are none. */
export function quantified<T, C>(
  chosen: Chosen<T>,
  flat: C | undefined,
  said: Quantified<C>,
  { expected, judge }: Judge<T, C>,
  /** Claims that say no more than that it is there. */
  nothing: C,
): Finding {
  const hasWords =
    said.each !== undefined || said.any !== undefined || said.none !== undefined || said.count !== undefined
  if (chosen.kind === 'one' && !hasWords) {
    const claims = flat ?? nothing
    return { expected: expected(claims, chosen.text), ...judge(chosen.item, claims) }
  }
  const items = chosen.kind === 'one' ? [{ item: chosen.item, name: chosen.text }] : chosen.items
  const look = (claims: C) => items.map(({ item, name }) => ({ name, ...judge(item, claims) }))
  const noOne = `nothing is selected by ${chosen.text}`
  const each = (claims: C): Part => {
    const wrong = look(claims).find(({ holds }) => !holds)
    return {
      holds: items.length > 0 && wrong === undefined,
      expected: expected(claims, `each of ${chosen.text}`),
      found:
        items.length === 0
          ? noOne
          : wrong === undefined
            ? `true of all ${items.length}`
            : `${wrong.name}: ${wrong.found}`,
    }
  }
  const parts: Part[] = []
  if (said.count !== undefined) parts.push(counted(chosen.text, said.count, flat, look(flat ?? nothing), expected))
  else if (flat !== undefined || !hasWords) parts.push(each(flat ?? nothing))
  if (said.each !== undefined) parts.push(each(said.each))
  if (said.any !== undefined) {
    const all = look(said.any)
    const first = all.find(({ holds }) => holds)
    const others = all.map(({ name, found }) => `${name}: ${found}`).join('; ')
    parts.push({
      holds: first !== undefined,
      expected: expected(said.any, `any of ${chosen.text}`),
      found: first === undefined ? (items.length === 0 ? noOne : others) : `${first.name}: ${first.found}`,
    })
  }
  if (said.none !== undefined) {
    const first = look(said.none).find(({ holds }) => holds)
    parts.push({
      holds: first === undefined,
      expected: expected(said.none, `none of ${chosen.text}`),
      found: first === undefined ? `true of none of ${items.length}` : `${first.name}: ${first.found}`,
    })
  }
  const wrong = parts.find(({ holds }) => !holds)
  return {
    holds: wrong === undefined,
    expected: parts.map((part) => part.expected).join(', and '),
    found: (wrong ?? parts[0])?.found ?? '',
  }
}

function counted<C>(
  text: string,
  count: number | string,
  flat: C | undefined,
  looked: readonly { readonly name: string; readonly holds: boolean; readonly found: string }[],
  expected: (claims: C, name: string) => string,
): Part {
  if (flat === undefined)
    return {
      holds: fitsComparison(looked.length, count),
      expected: `${text} counted ${count}`,
      found: `${looked.length}`,
    }
  const fitting = looked.filter(({ holds }) => holds)
  const wrong = looked.find(({ holds }) => !holds)
  return {
    holds: fitsComparison(fitting.length, count),
    expected: expected(flat, `${count} of ${text}`),
    found: `${fitting.length} of ${looked.length}${wrong === undefined ? '' : `; ${wrong.name}: ${wrong.found}`}`,
  }
}
