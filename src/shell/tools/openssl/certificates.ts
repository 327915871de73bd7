/** openssl's commands about certificates. Source: openssl 3.0 apps/req.c, x509.c, verify.c. */
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import {
  type Certificate,
  certificateDer,
  type Extension,
  type NamePart,
  nameTypes,
  parseCertificate,
  parseRequest,
  requestDer,
} from '../../../go/tls/certificate.ts'
import { bigInteger } from '../../../go/tls/der.ts'
import { bigBytes } from '../../../go/tls/der-writer.ts'
import { type PrivateKey, pkcs8, publicDer, publicOf } from '../../../go/tls/private-key.ts'
import type { Steps } from '../../../kernel/steps.ts'
import { type ByteText, fromByteText, toByteText } from '../../byte-text.ts'
import { notSimulated, readAll, type ToolContext } from '../tool.ts'
import { blocksOf, type Given, hexText, keyOf, pemText, random, read, write } from './context.ts'
import { extensionOf, extensionText, isCalled, ownExtensions } from './extensions.ts'
import { newKey } from './keys.ts'
import { certificateText, chainError, nameText, timeText } from './texts.ts'

const dayMs = 86_400_000

/** Runs one of them; undefined: it is no command about certificates. */
export function certificateCommand(
  context: ToolContext,
  command: string,
  args: readonly ByteText[],
): Steps<number> | undefined {
  if (command === 'req') return req(context, args)
  if (command === 'x509') return x509(context, args)
  return command === 'verify' ? verify(context, args) : undefined
}

/** Whole seconds, as certificates tell them. */
function nowOf(context: ToolContext): number {
  return Math.floor(context.shell.world.epochNow() / 1000) * 1000
}

/** 159 drawn bits. Source: apps/apps.c, rand_serial. */
function newSerial(context: ToolContext): bigint {
  return bigInteger(random(context)(20)) & (2n ** 159n - 1n)
}

/** `/CN=x/O=y`; undefined when it is none, which has been told. */
function subjectOf(context: ToolContext, text: string): readonly NamePart[] | undefined {
  if (!text.startsWith('/')) {
    context.err(
      toByteText(
        `req: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: '${text}'\n`,
      ),
    )
    return undefined
  }
  const parts = text
    .slice(1)
    .split(/(?<!\\)\//)
    .filter((part) => part !== '')
  const names: NamePart[] = []
  for (const part of parts) {
    const at = part.indexOf('=')
    if (at < 0) {
      context.err(toByteText(`req: Missing '=' after RDN type string '${part}' in subject name string\n`))
      return undefined
    }
    const type = part.slice(0, at)
    if (Object.hasOwn(nameTypes, type)) names.push([type, part.slice(at + 1).replace(/\\(.)/g, '$1')])
    else context.err(toByteText(`req: Skipping unknown subject name attribute "${type}"\n`))
  }
  return names
}

/** Extensions of lines; undefined when podsim does not know one, which has been told. */
function extensionsOf(context: ToolContext, lines: readonly string[]): readonly Extension[] | undefined {
  const found: Extension[] = []
  for (const line of lines) {
    const extension = extensionOf(line)
    if (extension === undefined) {
      notSimulated(context, `the extension ${toByteText(line)}`)
      return undefined
    }
    found.push(extension)
  }
  return found
}

function* req(context: ToolContext, args: readonly ByteText[]): Steps<number> {
  const flags = 'x509 new nodes noenc batch sha256 noout subject text verify utf8'
  const given = read(context, 'req', args, flags, 'newkey keyout key out subj days addext set_serial in pkeyopt')
  if (typeof given === 'number') return given
  if (!given.flags.has('x509') && !given.flags.has('new') && !given.values.has('newkey'))
    return yield* showRequest(context, given)
  const key = yield* keyFor(context, given)
  if (typeof key === 'number') return key
  const subject = given.values.get('subj')
  if (subject === undefined) return notSimulated(context, 'questions about the subject: give it with -subj')
  const name = subjectOf(context, fromByteText(subject))
  const more = extensionsOf(context, given.all('addext').map(fromByteText))
  if (name === undefined || more === undefined) return 1
  const out = given.values.get('out')
  if (!given.flags.has('x509')) return write(context, out, pemText('CERTIFICATE REQUEST', requestDer(name, more, key)))
  const notBefore = nowOf(context)
  const own = ownExtensions(publicOf(key)).filter((one) => !more.some(({ id }) => id === one.id))
  const fields = {
    serial: given.values.has('set_serial') ? BigInt(given.values.get('set_serial') ?? '0') : newSerial(context),
    issuer: name,
    subject: name,
    notBefore,
    notAfter: notBefore + Number(given.values.get('days') ?? 30) * dayMs,
    publicKey: publicOf(key),
    extensions: [...own, ...more],
  }
  return write(context, out, pemText('CERTIFICATE', certificateDer(fields, key)))
}

/** The key of -key, or a new one, which is written where -keyout says. */
function* keyFor(context: ToolContext, { flags, values, all }: Given): Steps<PrivateKey | number> {
  if (!values.has('newkey')) {
    if (!values.has('key'))
      return notSimulated(context, 'keys that a passphrase protects: give -newkey and -nodes, or -key')
    return (yield* keyOf(context, values.get('key'))) ?? 1
  }
  if (!flags.has('nodes') && !flags.has('noenc'))
    return notSimulated(context, 'keys that a passphrase protects: give -nodes')
  const key = newKey(context, values.get('newkey') ?? '', all('pkeyopt'))
  if (typeof key === 'number') return key
  context.err('-----\n')
  const code = write(context, values.get('keyout') ?? 'privkey.pem', pemText('PRIVATE KEY', pkcs8(key)))
  return code === 0 ? key : code
}

function* showRequest(context: ToolContext, { flags, values }: Given): Steps<number> {
  const blocks = yield* blocksOf(context, values.get('in'), 'certificate request')
  const block = blocks?.find(({ type }) => type.endsWith('CERTIFICATE REQUEST'))
  const request = block === undefined ? undefined : parseRequest(block.bytes)
  if (block === undefined || request === undefined) return 1
  if (flags.has('text')) return notSimulated(context, 'openssl req -text')
  if (flags.has('verify')) context.err('Certificate request self-signature verify OK\n')
  if (flags.has('subject')) context.out(toByteText(`subject=${nameText(request.subject)}\n`))
  if (!flags.has('noout')) return write(context, values.get('out'), pemText('CERTIFICATE REQUEST', block.bytes))
  return 0
}

const x509Flags =
  'req noout subject issuer dates startdate enddate serial fingerprint text pubkey modulus CAcreateserial sha256 sha1'

function* x509(context: ToolContext, args: readonly ByteText[]): Steps<number> {
  const given = read(context, 'x509', args, x509Flags, 'in out days CA CAkey checkend ext extfile nameopt set_serial')
  if (typeof given === 'number') return given
  if (given.flags.has('req')) return yield* signRequest(context, given)
  const certificate = yield* certificateOf(context, given.values.get('in'))
  if (certificate === undefined) {
    context.err('Unable to load certificate\n')
    return 1
  }
  // Options are answered in the order in which they stand, each where it stands last.
  const asked = args.map((arg) => arg.replace(/^--?/, ''))
  const facts = asked.flatMap((name) => (name === 'dates' ? ['startdate', 'enddate'] : [name]))
  let code = 0
  for (const [i, name] of facts.entries())
    if (facts.lastIndexOf(name) === i) code = shownFact(context, name, certificate, given) ?? code
  if (given.flags.has('noout')) return code
  const written = write(context, given.values.get('out'), pemText('CERTIFICATE', certificate.der))
  return written === 0 ? code : written
}

/** One thing that was asked; a code where it gives one. */
function shownFact(context: ToolContext, name: string, certificate: Certificate, given: Given): number | undefined {
  const { subject, issuer, notBefore, notAfter, serial, der, publicKey, extensions } = certificate
  const say = (text: string): void => context.out(toByteText(`${text}\n`))
  const isRfc2253 = given.values.get('nameopt')?.toUpperCase() === 'RFC2253'
  if (name === 'subject') say(`subject=${nameText(subject, isRfc2253)}`)
  if (name === 'issuer') say(`issuer=${nameText(issuer, isRfc2253)}`)
  if (name === 'startdate') say(`notBefore=${timeText(notBefore)}`)
  if (name === 'enddate') say(`notAfter=${timeText(notAfter)}`)
  if (name === 'serial') say(`serial=${hexText(bigBytes(serial))}`)
  if (name === 'text') context.out(toByteText(certificateText(certificate)))
  if (name === 'pubkey') context.out(pemText('PUBLIC KEY', publicDer(publicKey)))
  if (name === 'modulus' && publicKey.kind === 'rsa') say(`Modulus=${hexText(bigBytes(publicKey.modulus))}`)
  if (name === 'fingerprint') {
    const [title, digest] = given.flags.has('sha256') ? (['sha256', sha256] as const) : (['SHA1', sha1] as const)
    say(`${title} Fingerprint=${hexText(digest(der), ':')}`)
  }
  if (name === 'ext') {
    const wanted = (given.values.get('ext') ?? '').split(',')
    const found = extensions.filter((one) => wanted.some((each) => isCalled(one, each)))
    if (extensions.length === 0) context.err('No extensions in certificate\n')
    context.out(toByteText(found.map((one) => extensionText(one, '')).join('')))
  }
  if (name !== 'checkend') return undefined
  const isOver = notAfter < nowOf(context) + Number(given.values.get('checkend')) * 1000
  say(isOver ? 'Certificate will expire' : 'Certificate will not expire')
  return isOver ? 1 : 0
}

/** The first certificate of a file; undefined when there is none, which has been told. */
function* certificateOf(context: ToolContext, path: ByteText | undefined): Steps<Certificate | undefined> {
  const blocks = yield* blocksOf(context, path, 'certificate')
  if (blocks === undefined) return undefined
  const block = blocks.find(({ type }) => type === 'CERTIFICATE')
  const certificate = block === undefined ? undefined : parseCertificate(block.bytes)
  if (certificate === undefined) context.err(`Could not read certificate from ${path ?? '<stdin>'}\n`)
  return certificate
}

function* signRequest(context: ToolContext, { flags, values }: Given): Steps<number> {
  const blocks = yield* blocksOf(context, values.get('in'), 'certificate request')
  const block = blocks?.find(({ type }) => type.endsWith('CERTIFICATE REQUEST'))
  const request = block === undefined ? undefined : parseRequest(block.bytes)
  const issuer = yield* certificateOf(context, values.get('CA'))
  const key = yield* keyOf(context, values.get('CAkey'), 'CA private key')
  if (request === undefined || issuer === undefined || key === undefined) return 1
  const file = values.get('extfile')
  const content = file === undefined ? '' : yield* readAll(context, file)
  const lines =
    typeof content === 'string'
      ? fromByteText(content)
          .split('\n')
          .filter((line) => line.includes('='))
      : []
  const extensions = extensionsOf(context, lines)
  if (extensions === undefined) return 1
  context.err(toByteText(`Certificate request self-signature ok\nsubject=${nameText(request.subject)}\n`))
  const notBefore = nowOf(context)
  const serial = values.has('set_serial') ? BigInt(values.get('set_serial') ?? '0') : newSerial(context)
  if (flags.has('CAcreateserial'))
    write(context, `${(values.get('CA') ?? '').replace(/\.[^./]*$/, '')}.srl`, `${hexText(bigBytes(serial))}\n`)
  const notAfter = notBefore + Number(values.get('days') ?? 30) * dayMs
  const { subject, publicKey } = request
  const fields = { serial, issuer: issuer.subject, subject, notBefore, notAfter, publicKey, extensions }
  return write(context, values.get('out'), pemText('CERTIFICATE', certificateDer(fields, key)))
}

function* verify(context: ToolContext, args: readonly ByteText[]): Steps<number> {
  const given = read(context, 'verify', args, '', 'CAfile untrusted')
  if (typeof given === 'number') return given
  const ca = given.values.get('CAfile')
  const blocks = ca === undefined ? [] : yield* blocksOf(context, ca, 'certificates of trusted')
  const trusted = (blocks ?? []).flatMap(({ bytes }) => parseCertificate(bytes) ?? [])
  let code = 0
  for (const path of given.operands.length === 0 ? [undefined] : given.operands) {
    const certificate = yield* certificateOf(context, path)
    const shown = path ?? 'stdin'
    if (certificate === undefined) {
      context.err('Unable to load certificate file\n')
      code = 2
      continue
    }
    const problem = chainError(certificate, trusted, context.shell.world.epochNow())
    if (problem === undefined) {
      context.out(`${shown}: OK\n`)
      continue
    }
    const [number, words] = problem
    context.err(
      toByteText(
        `${nameText(certificate.subject)}\nerror ${number} at 0 depth lookup: ${words}\nerror ${shown}: verification failed\n`,
      ),
    )
    code = 2
  }
  return code
}
