/**
 * What an event does, apart from what it does it to: the kernel keeps the number of the handler and the argument, so that
 * tens of thousands of pending events are rows of numbers and no closures (docs/decisions/0007-events-without-closures.md).
 */
export interface Handler<A> {
  readonly id: number
  /** Names it in the report of a livelock. */
  readonly name: string
  readonly run: (argument: A) => void
}

// Every module defines its handlers once, as it is loaded; no number is ever told.
const handlers: Handler<never>[] = []

/** For module level: a handler made anew for each event would be a closure that is never let go. */
export function defineHandler<A>(name: string, run: (argument: A) => void): Handler<A> {
  const handler: Handler<A> = { id: handlers.length, name, run }
  handlers.push(handler)
  return handler
}

/** The handler with this number, of which only its own kernel row knows what it takes. */
export function handlerOf(id: number): Handler<never> {
  return handlers[id] as Handler<never> // ids are indices
}
