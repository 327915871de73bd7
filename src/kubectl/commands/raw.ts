import { utf8Text } from '../../bytes/bytes.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import { fail } from '../cli/failure.ts'

/** The path of `--raw`, as it is asked for. Source: Go net/url, ParseRequestURI. */
export function rawPath(given: string): string {
  if (!given.startsWith('/') && !/^[A-Za-z][\w+.-]*:/.test(given))
    fail(`--raw must be a valid URL path: parse ${goQuote(given)}: invalid URI for request`)
  return given.replace(/^[A-Za-z][\w+.-]*:\/\/[^/]*/, '') || '/'
}

/** Sends a file as it is, and prints the answer as it is. Sources: pkg/rawhttp/raw.go; create.go, replace.go and delete.go, Validate. */
export function* sendRaw({ session, flags }: Call, method: 'POST' | 'PUT' | 'DELETE'): Steps<number> {
  const names = flags.list('filename')
  const isRefused = method === 'DELETE' ? names.length > 1 : names.length !== 1
  const [name] = names
  const excluded = (flag: string): never => fail(`--raw and --${flag} are mutually exclusive`)
  if (flags.has('edit') && flags.bool('edit')) excluded('edit')
  if (flags.has('interactive') && flags.bool('interactive')) fail('--interactive can not be used with --raw')
  if (isRefused) fail('--raw can only use a single local file or stdin')
  if (/^https?:\/\//.test(name ?? '')) fail('--raw cannot read from a url')
  if (flags.bool('recursive')) excluded('recursive')
  if (method === 'POST' && flags.string('selector') !== '') excluded('selector (-l)')
  if (flags.string('output') !== '') excluded('output')
  const path = rawPath(flags.string('raw'))
  session.out(yield* session.rest.text(path, method, bodyOf(session.host, name)))
  return 0
}

function bodyOf({ files, stdin }: Call['session']['host'], name: string | undefined): string {
  if (name === undefined) return ''
  if (name === '-') return utf8Text(stdin ?? new Uint8Array())
  return utf8Text(files.read(name) ?? fail(`open ${name}: no such file or directory`))
}
