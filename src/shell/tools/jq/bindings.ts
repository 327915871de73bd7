/** Values that get names: `as` and its patterns, `reduce`, `foreach`. Source: jq manual (1.6). */
import { type Evaluator, type Item, made, type Results, type Scope } from './items.ts'
import { get } from './paths.ts'
import type { Filter, Pattern } from './syntax.ts'
import type { Json } from './values.ts'

/** `reduce`: the last state. */
export function* reduce(
  machine: Evaluator,
  { source, pattern, start, update: change }: Filter & { kind: 'reduce' },
  scope: Scope | undefined,
  item: Item,
): Results {
  for (const from of machine.run(start, scope, item)) {
    let state: Item | undefined = from
    for (const value of machine.values(source, scope, item.value))
      for (const inner of bind(machine, pattern, value, scope, item.value)) {
        const next: Item[] = [...machine.run(change, inner, state ?? made(item, null))]
        state = next.at(-1)
      }
    yield state ?? made(item, null)
  }
}

/** `foreach`: each state on the way. */
export function* foreach(
  machine: Evaluator,
  filter: Filter & { kind: 'foreach' },
  scope: Scope | undefined,
  item: Item,
): Results {
  for (const from of machine.run(filter.start, scope, item)) {
    let state = from
    for (const value of machine.values(filter.source, scope, item.value))
      for (const inner of bind(machine, filter.pattern, value, scope, item.value))
        for (const next of machine.run(filter.update, inner, state)) {
          state = next
          yield* machine.run(filter.extract, inner, next)
        }
  }
}

/** `SOURCE as PATTERN | BODY`. */
export function* bound(
  machine: Evaluator,
  { source, pattern, body }: Filter & { kind: 'as' },
  scope: Scope | undefined,
  item: Item,
): Results {
  for (const value of machine.values(source, scope, item.value))
    for (const inner of bind(machine, pattern, value, scope, item.value)) yield* machine.run(body, inner, item)
}

/** The scopes in which a pattern has taken a value apart. */

function* bind(
  machine: Evaluator,
  pattern: Pattern,
  value: Json,
  scope: Scope | undefined,
  input: Json,
): Generator<Scope | undefined> {
  if (pattern.kind === 'variable') yield { outer: scope, name: `$${pattern.name}`, value }
  else if (pattern.kind === 'array') yield* bindItems(machine, pattern.items, 0, value, scope, input)
  else yield* bindMembers(machine, pattern, 0, value, scope, input)
}

function* bindItems(
  machine: Evaluator,
  items: readonly Pattern[],
  at: number,
  value: Json,
  scope: Scope | undefined,
  input: Json,
): Generator<Scope | undefined> {
  const pattern = items[at]
  if (pattern === undefined) return yield scope
  for (const inner of bind(machine, pattern, get(value, at), scope, input))
    yield* bindItems(machine, items, at + 1, value, inner, input)
}

function* bindMembers(
  machine: Evaluator,
  pattern: Pattern & { kind: 'object' },
  at: number,
  value: Json,
  scope: Scope | undefined,
  input: Json,
): Generator<Scope | undefined> {
  const member = pattern.members[at]
  if (member === undefined) return yield scope
  for (const key of machine.values(member.key, scope, input)) {
    const found = get(value, key)
    const own = member.name === undefined ? scope : { outer: scope, name: `$${member.name}`, value: found }
    const scopes = member.value === undefined ? [own] : bind(machine, member.value, found, own, input)
    for (const inner of scopes) yield* bindMembers(machine, pattern, at + 1, value, inner, input)
  }
}
