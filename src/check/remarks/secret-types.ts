import type { Secret } from '../../api/types/core.ts'
import { encodeBase64, fromBase64, utf8Bytes, utf8Text } from '../../bytes/bytes.ts'
import { listAt, objectAt, textAt } from '../../go/json.ts'
import { dockerConfigOf } from '../../node/images/docker-config.ts'
import { splitImage } from '../../node/images/image-name.ts'
import { Keyring } from '../../node/images/keyring.ts'
import type { GivenObject } from '../given.ts'
import { podSpecOf } from '../references.ts'
import type { Remark } from '../report.ts'
import { objectName } from '../words.ts'
import { type Use, usesIn } from './secret-uses.ts'

/** What the type of a Secret promises, and its content does not keep. */

/** Secrets that a pull is given and cannot use (P1). Source: pkg/credentialprovider/secrets/secrets.go, MakeDockerKeyring. */
export function remarksOnPulls(objects: readonly GivenObject[], fallback: string): readonly Remark[] {
  return usesIn(objects, fallback).flatMap((use) => {
    const { namespace, reference } = use
    if (reference.way !== 'pull') return []
    const secret = objects.find(
      (each) => each.kind === 'Secret' && each.name === reference.name && (each.namespace || fallback) === namespace,
    )
    return secret === undefined ? [] : onPull(use, secret, fallback)
  })
}

function onPull({ given, namespace, reference }: Use, secret: GivenObject, fallback: string): readonly Remark[] {
  const images = imagesOf(given)
  const type = textAt(secret.object, 'type') || 'Opaque'
  const which = `${objectName(given, fallback)}: secret ${namespace}/${reference.name} of imagePullSecrets`
  const place = given.place(reference.path, 'value')
  if (type !== 'kubernetes.io/dockerconfigjson' && type !== 'kubernetes.io/dockercfg') {
    const hosts = [...new Set(images.map(({ host }) => host))]
    const message = `${which} has type ${type}, which pulls pass over; they take kubernetes.io/dockerconfigjson. Images of ${hosts.join(', ')} come only where they are public (--private ${hosts[0]} tries it)`
    return [{ kind: 'wrongPullType', level: 'warning', place, message }]
  }
  const config = dockerConfigOf(storedSecret(secret, type))
  if (!config.ok || images.length === 0) return []
  const keyring = new Keyring()
  keyring.add(config.entries, undefined)
  if (images.some(({ repository }) => keyring.lookup(repository).length > 0)) return []
  const has = config.entries.length === 0 ? 'none' : config.entries.map(({ location }) => location).join(', ')
  const asks = [...new Set(images.map(({ repository }) => repository))].join(', ')
  const message = `${which} has credentials for no image of it: it has ${has}, and the images are ${asks}`
  return [{ kind: 'unmatchedPull', level: 'note', place, message }]
}

/** As the API server would store it. */
function storedSecret({ object }: GivenObject, type: string): Secret {
  const { data, stringData } = { data: objectAt(object, 'data'), stringData: objectAt(object, 'stringData') }
  const values = Object.entries({ ...data, ...stringData }).map(([key, value]) => [
    key,
    Object.hasOwn(stringData, key) ? encodeBase64(utf8Bytes(String(value))) : String(value).replace(/[\r\n]/g, ''),
  ])
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: '' }, type, data: Object.fromEntries(values) }
}

/** Registries and repositories of a Pod's images. */
function imagesOf(given: GivenObject): readonly { readonly host: string; readonly repository: string }[] {
  const spec = podSpecOf(given)?.spec
  const images = [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].map((each) => textAt(each, 'image'))
  return images.filter((image) => image !== '').map(splitImage)
}

/** Keys of a kubernetes.io/tls, and what their PEM blocks are called. Source: RFC 7468; crypto/tls, X509KeyPair. */
const pemLabels: Readonly<Record<string, RegExp>> = {
  'tls.crt': /^-----BEGIN CERTIFICATE-----\r?$/m,
  'tls.key': /^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\r?$/m,
}

/** The API server takes any bytes for a certificate and its key; `kubectl create secret tls` would have looked. */
export function remarksOnCertificates(given: GivenObject, fallback: string): readonly Remark[] {
  const type = 'kubernetes.io/tls'
  if (given.kind !== 'Secret' || textAt(given.object, 'type') !== type) return []
  const stored = storedSecret(given, type).data ?? {}
  return Object.entries(pemLabels).flatMap(([key, label]) => {
    const bytes = fromBase64(stored[key] ?? '')
    if (bytes === undefined || bytes.length === 0 || label.test(utf8Text(bytes))) return []
    const field = Object.hasOwn(objectAt(given.object, 'stringData'), key) ? 'stringData' : 'data'
    const what = key === 'tls.crt' ? 'certificate' : 'private key'
    const message = `${objectName(given, fallback)}: the value of ${key} has no ${what} in PEM; the API server does not look, whoever serves with it fails`
    return [{ kind: 'notPem', level: 'note', place: given.place([field, key], 'key'), message }]
  })
}
