import { goErrorText } from '../fs/error-text.ts'
import { type ByteText, bytesToByteText, toByteText } from './byte-text.ts'
import type { ProcessContext } from './program.ts'

/** What a program was given by a file or a variable, or what a program in Go says where it was not. */
export type GivenValue =
  | { readonly ok: true; readonly value: ByteText }
  | { readonly ok: false; readonly error: string }

/** Reads what `--env=NAME` or else `--file=PATH` names; undefined: neither is named. */
export function givenValue(
  task: ProcessContext,
  { file, env }: { readonly file: string | undefined; readonly env: string | undefined },
): GivenValue | undefined {
  if (env !== undefined) {
    const value = task.env.get(env)
    return value === undefined
      ? { ok: false, error: `environment variable ${env} is not set` }
      : { ok: true, value: toByteText(value) }
  }
  if (file === undefined) return undefined
  const content = task.files.readFile(file)
  return content.ok
    ? { ok: true, value: bytesToByteText(content.value) }
    : { ok: false, error: goErrorText('open', file, content.code) }
}
