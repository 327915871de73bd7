/** openssl's commands about keys. Source: openssl 3.0 apps/genrsa.c, genpkey.c, ecparam.c, rsa.c, pkey.c, ec.c. */
import { bigBytes } from '../../../go/tls/der-writer.ts'
import {
  makeKey,
  type PrivateKey,
  p256Parameters,
  pkcs8,
  publicDer,
  publicOf,
  traditional,
} from '../../../go/tls/private-key.ts'
import type { Steps } from '../../../kernel/steps.ts'
import type { ByteText } from '../../byte-text.ts'
import { notSimulated, type ToolContext } from '../tool.ts'
import { hexText, keyOf, pemText, random, read, refuse, write } from './context.ts'

/** What of RSA podsim makes. */
const rsaBits = { least: 1024, most: 4096 }
const p256Names = /^(?:prime256v1|P-256|secp256r1)$/

/** A new key as `rsa:2048`, `ec` or `ed25519` say; a code when it cannot be made, which has been told. */
export function newKey(context: ToolContext, asked: string, options: readonly ByteText[]): PrivateKey | number {
  const [algorithm = '', size] = asked.toLowerCase().split(':')
  const option = (name: string): string | undefined =>
    options.find((one) => one.startsWith(`${name}:`))?.slice(name.length + 1)
  if (algorithm === 'ed25519') return makeKey('ed25519', 0, random(context))
  if (algorithm === 'ec') {
    const curve = option('ec_paramgen_curve') ?? 'P-256'
    return p256Names.test(curve) ? makeKey('ec', 0, random(context)) : notSimulated(context, `the curve ${curve}`)
  }
  if (algorithm !== 'rsa') return notSimulated(context, `keys of ${asked}`)
  const bits = Number(size ?? option('rsa_keygen_bits') ?? 2048)
  if (!(bits >= rsaBits.least && bits <= rsaBits.most)) return notSimulated(context, `RSA keys of ${bits} bits`)
  return makeKey('rsa', bits, random(context))
}

/** Runs one of them; undefined: it is no command about keys. */
export function keyCommand(
  context: ToolContext,
  command: string,
  args: readonly ByteText[],
): number | Steps<number> | undefined {
  switch (command) {
    case 'genrsa':
      return genrsa(context, args)
    case 'genpkey':
      return genpkey(context, args)
    case 'ecparam':
      return ecparam(context, args)
    case 'rsa':
    case 'pkey':
    case 'ec':
      return showKey(context, command, args)
  }
  return undefined
}

function genrsa(context: ToolContext, args: readonly ByteText[]): number {
  const given = read(context, 'genrsa', args, 'traditional F4 f4', 'out')
  if (typeof given === 'number') return given
  const key = newKey(context, `rsa:${given.operands[0] ?? '2048'}`, [])
  if (typeof key === 'number') return key
  const old = traditional(key)
  const text = given.flags.has('traditional') ? pemText(old.label, old.der) : pemText('PRIVATE KEY', pkcs8(key))
  return write(context, given.values.get('out'), text)
}

function genpkey(context: ToolContext, args: readonly ByteText[]): number {
  const given = read(context, 'genpkey', args, 'quiet', 'out algorithm pkeyopt outform')
  if (typeof given === 'number') return given
  const algorithm = given.values.get('algorithm')
  if (algorithm === undefined) return refuse(context, 'genpkey', '')
  const key = newKey(context, algorithm, given.all('pkeyopt'))
  return typeof key === 'number' ? key : write(context, given.values.get('out'), pemText('PRIVATE KEY', pkcs8(key)))
}

function ecparam(context: ToolContext, args: readonly ByteText[]): number {
  const given = read(context, 'ecparam', args, 'genkey noout', 'name out')
  if (typeof given === 'number') return given
  const { flags, values } = given
  const name = values.get('name') ?? ''
  if (!p256Names.test(name) || !flags.has('genkey')) return notSimulated(context, `openssl ecparam ${args.join(' ')}`)
  const key = newKey(context, 'ec', [])
  if (typeof key === 'number') return key
  const { label, der } = traditional(key)
  const head = flags.has('noout') ? '' : pemText('EC PARAMETERS', p256Parameters)
  return write(context, values.get('out'), head + pemText(label, der))
}

function* showKey(context: ToolContext, command: 'rsa' | 'pkey' | 'ec', args: readonly ByteText[]): Steps<number> {
  const given = read(context, command, args, 'pubout check noout traditional modulus', 'in out')
  if (typeof given === 'number') return given
  const { flags, values } = given
  if (command === 'ec') context.err('read EC key\n')
  const key = yield* keyOf(context, values.get('in'))
  if (key === undefined) {
    if (command === 'ec') context.err('unable to load Key\n')
    return 1
  }
  if (flags.has('check')) context.out(command === 'rsa' ? 'RSA key ok\n' : 'Key is valid\n')
  if (flags.has('modulus') && key.kind === 'rsa') context.out(`Modulus=${hexText(bigBytes(key.rsa.modulus))}\n`)
  if (flags.has('noout')) return 0
  if (command !== 'pkey') context.err(`writing ${command === 'rsa' ? 'RSA' : 'EC'} key\n`)
  return write(context, values.get('out'), written(command, key, flags))
}

function written(command: 'rsa' | 'pkey' | 'ec', key: PrivateKey, flags: ReadonlySet<string>): ByteText {
  if (flags.has('pubout')) return pemText('PUBLIC KEY', publicDer(publicOf(key)))
  const old = traditional(key)
  const isOld = command === 'ec' || flags.has('traditional')
  return isOld ? pemText(old.label, old.der) : pemText('PRIVATE KEY', pkcs8(key))
}
