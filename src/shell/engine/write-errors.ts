/** What a command says and answers whose output could not be written: a full file system, `/dev/full`. */
import { errorText } from '../../fs/error-text.ts'
import { type ByteText, toByteText } from '../byte-text.ts'
import type { Shell } from './shell.ts'
import type { Streams } from './streams.ts'

/** Words after `NAME: `, where the error's own text stands for `%`, and the exit code; without words nothing is said. */
type Answer = readonly [words: string | undefined, code: number | undefined]

/**
 * Tools of busybox that answer, each as it ends: by `fflush_stdout_and_exit` (words, code 0), by its own check, or not at all. Seen with
 * busybox 1.35; what is not here keeps its code and says nothing.
 */
const busybox: Readonly<Record<string, Answer>> = {
  ...each('cat cp tac tar tr', ['write error: %', 1]),
  ...each('base64 cut env expr head id nl paste realpath rev sort uname uniq wc', ['standard output: %', 0]),
  ...each('basename', [undefined, 1]),
  ...each('dirname seq whoami', [undefined, 255]),
  tail: ['write error: %', 0],
}

/** Seen with coreutils 9.1, findutils 4.9, grep 3.8, sed 4.9, mawk 1.3. */
const gnu: Readonly<Record<string, Answer>> = {
  ...each('grep egrep fgrep', ['write error: %', 2]),
  ...each('md5sum sha1sum sha224sum sha256sum sha384sum sha512sum wc', ['write error', 1]),
  awk: ['close failed on file /dev/stdout (%)', 2],
  env: ['write error: %', 125],
  expr: ['write error: %', 3],
  find: ['\u2018standard output\u2019: %\nfind: write error', 1],
  hostname: [undefined, undefined],
  ls: ['write error: %', 2],
  od: ['write error\nod: write error: %', 1],
  sed: ["couldn't flush stdout: %", 4],
  sort: ["fflush failed: 'standard output': %\nsort: write error", 2],
  tar: ['-: Cannot write: %\ntar: Error is not recoverable: exiting now', 2],
  xxd: ['%', 3],
}

function each(names: string, answer: Answer): Readonly<Record<string, Answer>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, answer]))
}

/** The exit code of a tool that ended with `code`, once it has told that its output could not be written. */
export function toldWriteError(name: string, code: number, shell: Shell, streams: Streams): number {
  const failure = streams.out.takeFailure?.()
  if (failure === undefined) return code
  const isGnu = shell.dialect.name === 'bash'
  const table = isGnu ? gnu : busybox
  const fallback: Answer = isGnu ? ['write error: %', 1] : [undefined, undefined]
  const [words, own] = Object.hasOwn(table, name) ? (table[name] ?? fallback) : fallback
  if (words !== undefined) streams.err.write(`${name}: ${toByteText(words.replace('%', errorText(failure)))}\n`)
  // Standard error may be where the output went, and fail, too.
  streams.out.takeFailure?.()
  return own ?? code
}

/** The same of a builtin: of busybox's only echo has a word for it. Source: bash builtins/common.c, sh_chkwrite; busybox shell/ash.c, echocmd. */
export function toldBuiltinWriteError(name: ByteText, code: number, shell: Shell, streams: Streams): number {
  const failure = streams.out.takeFailure?.()
  if (failure === undefined) return code
  const { dialect } = shell
  const words = `write error: ${errorText(failure)}\n`
  if (dialect.name === 'bash') streams.err.write(dialect.builtinPrefix(shell, name) + words)
  else if (name === 'echo') streams.err.write(dialect.prefix(shell) + words)
  streams.out.takeFailure?.()
  return 1
}
