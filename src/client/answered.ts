import type { Asked, Reply } from './client.ts'

/**
 * Sends a request and calls back with its reply: the bridge for code that is not written as a process yet. Counted by
 * test/tidy.
 */
export function answered<T>(asked: Asked<T>, done: (reply: Reply<T>) => void): void {
  asked.begin({
    answered: (value) => done({ ok: true, value }),
    failed: (error) => done({ ok: false, error }),
  })
}
