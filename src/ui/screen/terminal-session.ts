import { createKeyDecoder, type Key } from './key-decoder.ts'

/** What a session does with the screen. */
export interface SessionScreen {
  suspend(): void
  resume(): void
}

export interface SessionHandlers {
  /** A key, unless it is ctrl-Z. */
  key(key: Key): void
  /** Somebody wants the process to end: SIGINT, SIGTERM or SIGHUP. */
  interrupted(): void
}

/** How long after an escape a terminal may take to send the rest of its sequence. */
const escapeMs = 30

/**
 * Holds a terminal: raw mode, keys, and the signals of job control. A stop (ctrl-Z, or SIGTSTP from outside) gives the terminal back
 * first; when the process goes on, the screen is taken and painted again. Returns how to let go.
 */
export function holdTerminal(stdin: NodeJS.ReadStream, screen: SessionScreen, handlers: SessionHandlers): () => void {
  const decoder = createKeyDecoder()
  let timer: NodeJS.Timeout | undefined
  const tell = (key: Key): void => {
    // The whole job stops, not only this process: whoever started it, such as npx, is what the shell waits for.
    if (key.ctrl && key.name === 'z') process.kill(0, 'SIGTSTP')
    else handlers.key(key)
  }
  const heard = (chunk: string): void => {
    clearTimeout(timer)
    for (const key of decoder.feed(chunk)) tell(key)
    timer = setTimeout(() => {
      for (const key of decoder.flush()) tell(key)
    }, escapeMs)
  }
  const take = (): void => {
    // The shell may have changed the terminal's mode meanwhile: what is remembered of it is not to be trusted.
    stdin.setRawMode(false)
    stdin.setRawMode(true)
  }
  const stopped = (): void => {
    screen.suspend()
    stdin.setRawMode(false)
    // Without a listener the signal does what it always does: the process stands still inside this call.
    process.off('SIGTSTP', stopped)
    process.kill(process.pid, 'SIGTSTP')
    process.on('SIGTSTP', stopped)
    continued()
  }
  const continued = (): void => {
    take()
    screen.resume()
  }
  const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  stdin.setEncoding('utf8')
  stdin.on('data', heard)
  take()
  stdin.resume()
  process.on('SIGTSTP', stopped)
  process.on('SIGCONT', continued)
  for (const signal of endings) process.on(signal, handlers.interrupted)
  return () => {
    clearTimeout(timer)
    stdin.off('data', heard)
    stdin.setRawMode(false)
    stdin.pause()
    process.off('SIGTSTP', stopped)
    process.off('SIGCONT', continued)
    for (const signal of endings) process.off(signal, handlers.interrupted)
  }
}
