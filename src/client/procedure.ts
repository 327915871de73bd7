import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { Done, Reply, RequestError } from './client.ts'

/**
 * A sequence of requests that reads as one: a generator that yields whenever it waits. It stands where Go code blocks.
 * Nothing of it is asynchronous to the host: it is resumed by kernel events alone.
 */
export type Procedure<R> = Generator<Wait, R, unknown>

/** Asks for something and hands over the answer, once. */
export type Wait = (resume: (value: unknown) => void) => void

/** Runs a procedure up to where it waits, and on from there as answers come. `done` is called once, at its end. */
export function runProcedure<R>(procedure: Procedure<R>, done: (result: R) => void): void {
  const advance = (value: unknown): void => {
    let input = value
    for (;;) {
      const step = procedure.next(input)
      if (step.done === true) {
        done(step.value)
        return
      }
      // An answer that comes within the call goes round the loop, so that long procedures do not nest.
      let isWithinCall = true
      let answered = false
      step.value((answer) => {
        if (isWithinCall) {
          answered = true
          input = answer
        } else advance(answer)
      })
      isWithinCall = false
      if (!answered) return
    }
  }
  advance(undefined)
}

/** Sends a request and waits for its reply: `yield* reply((done) => client.get(..., done))`. */
export function* reply<T>(send: (done: Done<T>) => void): Procedure<Reply<T>> {
  // What comes back is what `send` was promised: the loop above only passes it on.
  return (yield (resume) => send(resume)) as Reply<T>
}

/** Sends several requests at once and waits for all their replies, which come in the order of the requests. */
export function* replies<T>(sends: readonly ((done: Done<T>) => void)[]): Procedure<readonly Reply<T>[]> {
  if (sends.length === 0) return []
  return (yield (resume) => {
    const all: Reply<T>[] = []
    let missing = sends.length
    for (const [at, send] of sends.entries())
      send((one) => {
        all[at] = one
        missing--
        if (missing === 0) resume(all)
      })
  }) as readonly Reply<T>[] // as above
}

/** Waits for virtual time to pass. */
export function* sleep(kernel: Pick<Kernel, 'schedule'>, delayMs: VirtualMs): Procedure<void> {
  yield (resume) => {
    kernel.schedule(delayMs, () => resume(undefined))
  }
}

export function isNotFound(error: RequestError): boolean {
  return error.kind === 'status' && error.status.reason === 'NotFound'
}

export function isConflict(error: RequestError): boolean {
  return error.kind === 'status' && error.status.reason === 'Conflict'
}

export function isAlreadyExists(error: RequestError): boolean {
  return error.kind === 'status' && error.status.reason === 'AlreadyExists'
}

/** The namespace goes away: nothing can be created in it any more. Source: core/v1 types.go, NamespaceTerminatingCause. */
export function isNamespaceTerminating(error: RequestError): boolean {
  if (error.kind !== 'status') return false
  return error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false
}

/** What Go's err.Error() gives. */
export function errorText(error: RequestError): string {
  return error.kind === 'status' ? (error.status.message ?? '') : error.message
}
