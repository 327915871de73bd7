import { standInBytes, webToken } from '../api/web-token.ts'
import { encodeBase64 } from '../bytes/bytes.ts'

/** Credentials in the shape of real ones. Nothing is signed and no key exists. */

/** Whom the token of an account's Secret is for. */
export interface TokenClaims {
  readonly namespace: string
  readonly serviceAccountName: string
  readonly serviceAccountUid: string
  readonly secretName: string
}

/** With this many bytes the PEM text is as long as that of kubeadm's CA in v1.18: 1025 bytes. */
const certificateBytes = 717
const pemColumns = 64

/** The text of a root certificate that stands for the cluster's. */
export function exampleCertificate(name: string): string {
  const bytes = standInBytes(name, certificateBytes)
  // SEQUENCE of that many bytes, the beginning of every certificate.
  bytes.set([0x30, 0x82, (certificateBytes - 4) >> 8, (certificateBytes - 4) & 0xff])
  const lines = encodeBase64(bytes).match(new RegExp(`.{1,${pemColumns}}`, 'g')) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/** The token of an account's Secret. Source: pkg/serviceaccount/legacy.go, LegacyClaims; jwt.go, GenerateToken. */
export function legacyToken({ namespace, serviceAccountName, serviceAccountUid, secretName }: TokenClaims): string {
  const prefix = 'kubernetes.io/serviceaccount'
  const claims = {
    iss: 'kubernetes/serviceaccount',
    [`${prefix}/namespace`]: namespace,
    [`${prefix}/secret.name`]: secretName,
    [`${prefix}/service-account.name`]: serviceAccountName,
    [`${prefix}/service-account.uid`]: serviceAccountUid,
    sub: `system:serviceaccount:${namespace}:${serviceAccountName}`,
  }
  return webToken(claims)
}
