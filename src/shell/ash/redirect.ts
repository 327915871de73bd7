import { errorText } from '../../fs/error-text.ts'
import { type ByteText, fromArray, toArray, toBytes } from '../bytes-text.ts'
import type { Wait } from '../program.ts'
import { type Capture, expandText } from './expansion.ts'
import { InputStream, type ShellIo, type ShellState } from './state.ts'
import type { Redirect } from './syntax.ts'

export type Redirected = { readonly ok: true; readonly io: ShellIo } | { readonly ok: false }

/** Opens what redirections name, in order. Texts: busybox shell/ash.c, openredirect. */
export function* redirect(
  redirects: readonly Redirect[],
  state: ShellState,
  io: ShellIo,
  capture: Capture,
): Generator<Wait, Redirected, void> {
  let current = io
  const { files } = state.task
  const fail = (message: string): Redirected => {
    io.err(toBytes(`${state.name}: ${message}\n`))
    return { ok: false }
  }
  for (const { descriptor, operator, target } of redirects) {
    const name = yield* expandText(target, state, capture)
    if (operator === '<<') current = { ...current, stdin: new InputStream(toBytes(name)) }
    else if (operator === '>&') {
      if (name !== '1' && name !== '2')
        return fail(name === '-' ? 'podsim does not simulate closing a descriptor' : `${name}: bad file descriptor`)
      const stream = name === '1' ? current.out : current.err
      current = descriptor === 2 ? { ...current, err: stream } : { ...current, out: stream }
    } else if (operator === '<') {
      const path = name.startsWith('/') ? name : `${state.cwd}/${name}`
      const content = name === '/dev/null' ? ({ ok: true, value: new Uint8Array(0) } as const) : files.readFile(path)
      if (!content.ok)
        return fail(`can't open ${name}: ${content.code === 'ENOENT' ? 'no such file' : errorText(content.code)}`)
      current = { ...current, stdin: new InputStream(fromArray(content.value)) }
    } else {
      const sink = openSink(name, operator === '>>', state, current)
      if (typeof sink === 'string') return fail(sink)
      current = descriptor === 2 ? { ...current, err: sink } : { ...current, out: sink }
    }
  }
  return { ok: true, io: current }
}

/** Where writes to a file go, or why it cannot be made. A full file system is told at each write that fails. */
function openSink(
  name: string,
  appends: boolean,
  state: ShellState,
  io: ShellIo,
): ((bytes: ByteText) => void) | string {
  if (name === '/dev/null') return () => undefined
  if (name === '/dev/stdout' || name === '/proc/1/fd/1') return io.out
  if (name === '/dev/stderr' || name === '/proc/1/fd/2') return io.err
  const { files } = state.task
  const path = name.startsWith('/') ? name : `${state.cwd}/${name}`
  const opened = appends ? files.appendFile(path, new Uint8Array(0)) : files.writeFile(path, new Uint8Array(0))
  if (!opened.ok)
    return `can't create ${name}: ${opened.code === 'ENOENT' ? 'nonexistent directory' : errorText(opened.code)}`
  return (bytes) => {
    const written = files.appendFile(path, toArray(bytes))
    if (!written.ok) io.err(toBytes(`${state.name}: write error: ${errorText(written.code)}\n`))
  }
}
