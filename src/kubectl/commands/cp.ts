import { joinPath } from '../../fs/path.ts'
import { textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { bytesToByteText, byteTextToBytes, fromByteText, toByteText } from '../../shell/byte-text.ts'
import { archiveEnd, type Member, readArchive, writeMember } from '../../shell/tools/tar-format.ts'
import type { Call, Command } from '../cli/command.ts'
import { exitSilently, fail, failNotSimulated, failUsage } from '../cli/failure.ts'
import { bool, flagSince, int, string } from '../cli/flags.ts'
import type { ExecAnswer } from '../host.ts'
import { failWith } from './container-refusal.ts'
import { defaultContainer } from './pick-pod.ts'

/** Source: kubectl pkg/cmd/cp/cp.go: `tar` in the container, both ways. */
export const cpCommand: Command = {
  name: 'cp',
  short: 'Copy files and directories to and from containers.',
  flags: [string('container', 'c'), bool('no-preserve'), flagSince(23, int('retries', '0'))],
  run: copy,
}

/** A side of a copy: a path of this machine, or of a Pod. Source: cp.go, fileSpec. */
interface Place {
  readonly namespace: string
  readonly pod: string
  readonly path: string
}

function* copy(call: Call): Steps<number> {
  const { session, args } = call
  if (args.length !== 2) {
    if (session.version.cpTellsWhatIsMissing) fail('source and destination are required')
    failUsage(call.path, 'cp <file-spec-src> <file-spec-dest> [-c container]')
  }
  const [source, destination] = [placeOf(args[0] ?? ''), placeOf(args[1] ?? '')]
  if (source.pod !== '' && destination.pod !== '') fail('one of src or dest must be a local file specification')
  if (source.path === '' || destination.path === '') fail('filepath can not be empty')
  if (source.pod !== '') return yield* copyOut(call, source, destination.path)
  if (destination.pod !== '') return yield* copyIn(call, source.path, destination)
  return fail('one of src or dest must be a remote file specification')
}

/** Source: cp.go, extractFileSpec. */
function placeOf(text: string): Place {
  const at = text.indexOf(':')
  if (at < 0) return { namespace: '', pod: '', path: text }
  const [first = '', second, ...more] = text.slice(0, at).split('/')
  if (at === 0 || more.length > 0) fail('filespec must match the canonical format: [[namespace/]pod:]file/path')
  const path = text.slice(at + 1)
  return second === undefined ? { namespace: '', pod: first, path } : { namespace: first, pod: second, path }
}

/** Runs a command in the container that is meant; what it writes beside its output is handed back, too. */
interface Remote {
  readonly namespace: string
  run(argv: readonly string[], stdin?: Uint8Array): Extract<ExecAnswer, { readonly ok: true }>
}

function* remoteOf({ session, flags }: Call, place: Place, tell: (text: string) => void): Steps<Remote> {
  const namespace = place.namespace || session.namespace
  const pod = yield* session.rest.request('GET', `/api/v1/namespaces/${namespace}/pods/${place.pod}`)
  const phase = textAt(pod, 'status', 'phase')
  if (phase === 'Succeeded' || phase === 'Failed')
    fail(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  const container = flags.string('container') || defaultContainer({ ...session, err: tell }, pod, false)
  return {
    namespace,
    run(argv, stdin) {
      if (session.host.exec === undefined) return failNotSimulated('cp: no container runs here')
      const answer = session.host.exec({ namespace, pod: place.pod, container, argv, stdin, tty: false })
      return answer.ok ? answer : failWith(answer)
    },
  }
}

/** What tar says goes to standard output, as the real one connects it. Source: cp.go, TarPipe.initReadFrom, untarAll. */
function* copyOut(call: Call, source: Place, destination: string): Steps<number> {
  const { session } = call
  const tell = (text: string): void => session.out(text)
  const remote = yield* remoteOf(call, source, tell)
  const packed = remote.run(['tar', 'cf', '-', source.path])
  tell(packed.stderr)
  const archive = packed.stdoutBytes ?? toByteText(packed.stdout)
  // Who has read an archive to its end does not wait for how tar ended (kubernetes/kubectl issue 980).
  if (packed.exitCode !== 0 && !archive.endsWith(archiveEnd)) endedWith(call, packed.exitCode)
  const members = readArchive(archive)
  if (typeof members === 'string') return fail('tar contents corrupted')
  const prefix = joinPath(`/${source.path}`).slice(1)
  const advice = ` (consider using "kubectl exec -n ${goQuote(remote.namespace)} ${goQuote(source.pod)} -- tar cf - ${goQuote(source.path)} | tar xf -")`
  let isAdvised = false
  for (const member of members) {
    const name = fromByteText(member.name).replace(/\/$/, '')
    if (!name.startsWith(prefix)) return fail('tar contents corrupted')
    const target = `${destination}${name.slice(prefix.length)}`
    if (member.type === 'symlink') {
      const skipped = `warning: skipping symlink: ${goQuote(target)} -> ${goQuote(fromByteText(member.link))}`
      session.err(`${skipped}${isAdvised ? '' : advice}\n`)
      isAdvised = true
    } else if (member.type === 'file') {
      if (session.host.files.kind(target) === 'directory') return fail(`open ${target}: is a directory`)
      session.host.files.write(target, byteTextToBytes(member.content))
    }
  }
  return 0
}

/** Source: cp.go, copyToPod, makeTar. */
function* copyIn(call: Call, source: string, destination: Place): Steps<number> {
  const { session, flags } = call
  const { files } = session.host
  if (files.kind(source) === undefined) return fail(`${source} doesn't exist in local filesystem`)
  const remote = yield* remoteOf(call, destination, session.err)
  const path = joinPath(`/${destination.path}`)
  const isRelative = !destination.path.startsWith('/')
  const given = isRelative ? path.slice(1) : path
  const isDirectory = remote.run(['test', '-d', given]).exitCode === 0
  const target = isDirectory ? joinPath(`/${given}/${lastOf(source)}`) : joinPath(`/${given}`)
  const folder = target.slice(0, target.lastIndexOf('/')) || '/'
  const archive = [...membersOf(call, source, lastOf(target))].map(writeMember).join('')
  const options = flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : []
  const where = isRelative ? folder.slice(1) || '.' : folder
  const input = byteTextToBytes(archive + archiveEnd)
  const unpacked = remote.run(['tar', ...options, '-xmf', '-', '-C', where], input)
  session.out(unpacked.stdout)
  session.err(unpacked.stderr)
  return unpacked.exitCode === 0 ? 0 : endedWith(call, unpacked.exitCode)
}

function lastOf(path: string): string {
  return joinPath(`/${path}`).split('/').at(-1) ?? ''
}

/** Empty folders have a member of their own; others come with what is in them. Source: cp.go, recursiveTar. */
function* membersOf(call: Call, path: string, name: string): Generator<Member> {
  const { files, now } = call.session.host
  const names = files.list(path)
  const about = { uid: 0, gid: 0, mtimeSeconds: Math.floor(now() / 1000), link: '', name: toByteText(name) }
  if (names === undefined) {
    const content = bytesToByteText(files.read(path) ?? new Uint8Array())
    yield { ...about, type: 'file', mode: 0o644, content }
  } else if (names.length === 0) yield { ...about, type: 'directory', mode: 0o755, content: '' }
  else for (const each of names) yield* membersOf(call, `${path}/${each}`, `${name}/${each}`)
}

function endedWith({ session }: Call, code: number): never {
  session.err(`command terminated with exit code ${code}\n`)
  return exitSilently(code)
}
